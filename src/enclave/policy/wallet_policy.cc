#include "enclave/policy/wallet_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/limits.h"
#include "core/neo/address.h"

namespace nsl::enclave::policy {
namespace {

// neo.md 1.3: the network's magic (4 bytes) and the transaction's hash (32).
constexpr std::size_t kTransactionMessageBytes = 36;

Result<nsl::v1::ContractGrant> parse_contract(const nsl::v1::ContractGrant& asked) {
  const Result<neo::UInt160> hash = neo::parse_account(asked.contract());
  if (!hash.has_value()) {
    return fail(Code::invalid_hash, "/contracts: a contract is 0x and 40 digits, or an address");
  }
  if (asked.methods().empty() || asked.methods_size() > limits::kGrantMethodsMax) {
    return fail(Code::invalid_argument,
                fmt::format("/contracts: name 1 to {} methods", limits::kGrantMethodsMax));
  }
  nsl::v1::ContractGrant contract;
  contract.set_contract(hash->to_text());
  for (const std::string& method : asked.methods()) {
    if (method.empty() || method.size() > static_cast<std::size_t>(limits::kNameBytesMax)) {
      return fail(Code::invalid_argument, "/contracts: a method name is empty or too long");
    }
    contract.add_methods(method);
  }
  return contract;
}

Result<std::string> parse_fee(const std::string& text, std::string_view field) {
  const Result<neo::GasAmount> amount = neo::GasAmount::parse(text);
  if (!amount.has_value()) {
    return fail(Code::invalid_amount,
                fmt::format("/{}: give GAS as a decimal text like \"0.5\"", field));
  }
  return amount->to_text();
}

// The grant's own text, which parse_grant() wrote.
neo::GasAmount stored_fee(const std::string& text) {
  return neo::GasAmount::parse(text).value_or(neo::GasAmount());
}

}  // namespace

Result<nsl::v1::Grant> parse_grant(const nsl::v1::PutGrantRequest& request) {
  if (request.contracts_size() > limits::kGrantContractsMax) {
    return fail(Code::invalid_argument,
                fmt::format("/contracts: at most {}", limits::kGrantContractsMax));
  }
  nsl::v1::Grant grant;
  std::set<std::string> seen;
  for (const nsl::v1::ContractGrant& asked : request.contracts()) {
    NSL_TRY(nsl::v1::ContractGrant contract, parse_contract(asked));
    if (!seen.insert(contract.contract()).second) {
      return fail(Code::invalid_argument, "/contracts: a contract is named twice");
    }
    *grant.add_contracts() = std::move(contract);
  }
  NSL_TRY(*grant.mutable_max_system_fee(), parse_fee(request.max_system_fee(), "max_system_fee"));
  NSL_TRY(*grant.mutable_max_network_fee(),
          parse_fee(request.max_network_fee(), "max_network_fee"));
  grant.set_sign(request.sign());
  return grant;
}

Result<void> check_invocation(const nsl::v1::Grant& grant, const neo::UInt160& contract,
                              std::string_view method) {
  const std::string text = contract.to_text();
  for (const nsl::v1::ContractGrant& allowed : grant.contracts()) {
    if (allowed.contract() != text) continue;
    const auto& methods = allowed.methods();
    if (std::find(methods.begin(), methods.end(), method) != methods.end()) return {};
    return fail(Code::grant_method_refused,
                fmt::format("The grant does not allow the method '{}' of {}", method, text));
  }
  return fail(Code::grant_contract_refused,
              fmt::format("The grant does not allow the contract {}", text));
}

Result<void> check_fees(const nsl::v1::Grant& grant, const Fees& fees) {
  if (fees.system_fee > stored_fee(grant.max_system_fee())) {
    return fail(Code::grant_fee_exceeded,
                fmt::format("The system fee of {} GAS is above the grant's {}",
                            fees.system_fee.to_text(), grant.max_system_fee()));
  }
  if (fees.network_fee > stored_fee(grant.max_network_fee())) {
    return fail(Code::grant_fee_exceeded,
                fmt::format("The network fee of {} GAS is above the grant's {}",
                            fees.network_fee.to_text(), grant.max_network_fee()));
  }
  return {};
}

Result<void> check_raw_data(std::string_view data) {
  if (data.empty()) return fail(Code::invalid_argument, "/data: is empty");
  if (data.size() > static_cast<std::size_t>(limits::kSignDataBytesMax)) {
    return fail(Code::invalid_argument, "/data: is too long");
  }
  if (data.size() == kTransactionMessageBytes) {
    return fail(
        Code::invalid_argument,
        "/data: 36 bytes could be a transaction; sign it as a transaction or hash it first");
  }
  return {};
}

}  // namespace nsl::enclave::policy
