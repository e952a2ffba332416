#include "core/neo/fee.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/neo/contract.h"
#include "core/neo/opcode.h"

namespace nsl::neo {
namespace {

// neo-project/neo ApplicationEngine.CheckSigPrice.
constexpr std::int64_t kSignatureCheckUnits = 1 << 15;
constexpr std::int64_t kPicoPerDatoshi = 10000;
// A policy above these figures is no policy: the sums below cannot overflow under them.
constexpr std::int64_t kPolicyFeeMax = 10'000'000'000;
// PUSHDATA1, length and the signature.
constexpr std::size_t kPushedSignatureBytes = 2 + crypto::kP256SignatureBytes;

std::int64_t units_of(Opcode opcode) { return get_opcode(opcode).price; }

bool is_plausible(std::int64_t fee) { return fee >= 0 && fee <= kPolicyFeeMax; }

std::size_t var_bytes_size(std::size_t size) { return codec::varint_size(size) + size; }

std::int64_t attribute_fee(const Attribute& attribute, std::size_t signers,
                           const FeePolicy& policy) {
  switch (attribute_type(attribute)) {
    case AttributeType::high_priority:
      return policy.high_priority_fee;
    case AttributeType::oracle_response:
      return policy.oracle_response_fee;
    case AttributeType::not_valid_before:
      return policy.not_valid_before_fee;
    case AttributeType::conflicts:
      return policy.conflicts_fee * static_cast<std::int64_t>(signers);
    case AttributeType::notary_assisted:
      return policy.notary_assisted_fee * (std::get<NotaryAssisted>(attribute).key_count + 1);
  }
  return 0;
}

Result<void> check_policy(const FeePolicy& policy) {
  for (const std::int64_t fee :
       {policy.fee_per_byte, policy.execution_fee_pico, policy.high_priority_fee,
        policy.oracle_response_fee, policy.not_valid_before_fee, policy.conflicts_fee,
        policy.notary_assisted_fee}) {
    if (!is_plausible(fee)) return fail(Code::invalid_amount, "The network's fees are implausible");
  }
  return {};
}

}  // namespace

std::optional<WitnessCost> witness_cost_of(ByteView verification_script) {
  std::int64_t keys = 1;
  std::int64_t signatures = 1;
  std::int64_t units = 0;
  if (const auto multisig = parse_multisig_script(verification_script); multisig.has_value()) {
    keys = static_cast<std::int64_t>(multisig->keys.size());
    signatures = static_cast<std::int64_t>(multisig->threshold);
    // Both counts are pushed; every small push has the same price.
    units += 2 * units_of(Opcode::pushint8);
  } else if (!parse_signature_script(verification_script).has_value()) {
    return std::nullopt;
  }
  units += (keys + signatures) * units_of(Opcode::pushdata1) + keys * kSignatureCheckUnits;
  const std::size_t invocation = static_cast<std::size_t>(signatures) * kPushedSignatureBytes;
  return WitnessCost{units,
                     var_bytes_size(invocation) + var_bytes_size(verification_script.size())};
}

Result<GasAmount> network_fee_of(const Transaction& transaction,
                                 std::span<const ByteView> verification_scripts,
                                 const FeePolicy& policy) {
  NSL_TRY_VOID(check_unsigned_transaction(transaction));
  NSL_TRY_VOID(check_policy(policy));
  if (verification_scripts.size() != transaction.signers.size()) {
    return fail(Code::invalid_argument, "One verification script for each signer is needed");
  }
  std::size_t size = encode_unsigned(transaction).size();
  size += codec::varint_size(verification_scripts.size());
  std::int64_t units = 0;
  for (const ByteView script : verification_scripts) {
    const auto cost = witness_cost_of(script);
    if (!cost.has_value()) {
      return fail(Code::invalid_script, "The cost of this account's witness is not known here");
    }
    units += cost->execution_units;
    size += cost->size;
  }
  if (size > limits::kNeoTransactionBytesMax) {
    return fail(Code::invalid_transaction, "The transaction is too large");
  }
  std::int64_t fee = static_cast<std::int64_t>(size) * policy.fee_per_byte;
  for (const Attribute& attribute : transaction.attributes) {
    fee += attribute_fee(attribute, transaction.signers.size(), policy);
  }
  // 16 signers of 29 keys each need 2^24 units at most: the product fits.
  fee += (units * policy.execution_fee_pico + kPicoPerDatoshi - 1) / kPicoPerDatoshi;
  return GasAmount::parse_datoshi(fee);
}

}  // namespace nsl::neo
