#include "enclave/policy/wallet_policy.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::enclave::policy {
namespace {

constexpr const char* kHub = "0x1122334455667788990011223344556677889900";
constexpr const char* kOther = "0xffffffffffffffffffffffffffffffffffffffff";

nsl::v1::PutGrantRequest request() {
  nsl::v1::PutGrantRequest result;
  auto* contract = result.add_contracts();
  contract->set_contract(kHub);
  contract->add_methods("fulfil");
  result.set_max_system_fee("0.5");
  result.set_max_network_fee("0.05");
  return result;
}

neo::UInt160 hash(const char* text) { return neo::UInt160::parse(text).value(); }
neo::GasAmount gas(const char* text) { return neo::GasAmount::parse(text).value(); }

TEST(WalletPolicy, AllowsTheGrantedMethodOfTheGrantedContractOnly) {
  const auto grant = parse_grant(request()).value();
  EXPECT_TRUE(check_invocation(grant, hash(kHub), "fulfil").has_value());
  EXPECT_EQ(check_invocation(grant, hash(kHub), "update").error().code(),
            Code::grant_method_refused);
  EXPECT_EQ(check_invocation(grant, hash(kHub), "Fulfil").error().code(),
            Code::grant_method_refused);
  EXPECT_EQ(check_invocation(grant, hash(kOther), "fulfil").error().code(),
            Code::grant_contract_refused);
}

TEST(WalletPolicy, BoundsBothFees) {
  const auto grant = parse_grant(request()).value();
  EXPECT_TRUE(check_fees(grant, {gas("0.5"), gas("0.05")}).has_value());
  EXPECT_EQ(check_fees(grant, {gas("0.50000001"), gas("0.05")}).error().code(),
            Code::grant_fee_exceeded);
  EXPECT_EQ(check_fees(grant, {gas("0.5"), gas("0.05000001")}).error().code(),
            Code::grant_fee_exceeded);
}

TEST(WalletPolicy, AnEmptyGrantAllowsNothing) {
  const nsl::v1::Grant grant;
  EXPECT_FALSE(check_invocation(grant, hash(kHub), "fulfil").has_value());
  EXPECT_FALSE(check_fees(grant, {gas("0.00000001"), gas("0")}).has_value());
}

TEST(WalletPolicy, RefusesMalformedGrants) {
  auto no_method = request();
  no_method.mutable_contracts(0)->clear_methods();
  EXPECT_FALSE(parse_grant(no_method).has_value());
  auto bad_hash = request();
  bad_hash.mutable_contracts(0)->set_contract("0x12");
  EXPECT_EQ(parse_grant(bad_hash).error().code(), Code::invalid_hash);
  auto negative = request();
  negative.set_max_system_fee("-1");
  EXPECT_EQ(parse_grant(negative).error().code(), Code::invalid_amount);
  auto missing = request();
  missing.clear_max_network_fee();
  EXPECT_EQ(parse_grant(missing).error().code(), Code::invalid_amount);
  auto twice = request();
  *twice.add_contracts() = twice.contracts(0);
  EXPECT_FALSE(parse_grant(twice).has_value());
}

TEST(WalletPolicy, NeverSignsRawWhatCouldBeATransaction) {
  EXPECT_TRUE(check_raw_data(std::string(35, 'x')).has_value());
  EXPECT_FALSE(check_raw_data(std::string(36, 'x')).has_value());
  EXPECT_TRUE(check_raw_data(std::string(37, 'x')).has_value());
  EXPECT_FALSE(check_raw_data("").has_value());
  EXPECT_FALSE(check_raw_data(std::string(4097, 'x')).has_value());
}

TEST(WalletPolicy, BoundsAGrant) {
  auto methods = request();
  while (methods.contracts(0).methods_size() < limits::kGrantMethodsMax) {
    methods.mutable_contracts(0)->add_methods("fulfil");
  }
  EXPECT_TRUE(parse_grant(methods).has_value());
  methods.mutable_contracts(0)->add_methods("fulfil");
  EXPECT_EQ(parse_grant(methods).error().code(), Code::invalid_argument);
  auto contracts = request();
  while (contracts.contracts_size() < limits::kGrantContractsMax) {
    auto* contract = contracts.add_contracts();
    contract->set_contract(fmt::format("0x{:040x}", contracts.contracts_size()));
    contract->add_methods("fulfil");
  }
  EXPECT_TRUE(parse_grant(contracts).has_value());
  *contracts.add_contracts() = contracts.contracts(0);
  contracts.mutable_contracts(contracts.contracts_size() - 1)->set_contract(kOther);
  EXPECT_EQ(parse_grant(contracts).error().code(), Code::invalid_argument);
}

}  // namespace
}  // namespace nsl::enclave::policy
