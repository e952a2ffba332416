#include "enclave/transactions/transaction_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/neo/contract.h"
#include "core/neo/fee.h"
#include "core/neo/script_builder.h"

namespace nsl::enclave::transactions {
namespace {

// State may change between the test run and the block, so a tenth is added. What is not used is
// burned all the same, which is why it is bounded.
// A sum too large for an amount is above every bound.
Result<neo::GasAmount> with_margin(neo::GasAmount consumed) {
  NSL_TRY(const neo::GasAmount margin, neo::GasAmount::parse_datoshi(consumed.datoshi() / 10));
  const Result<neo::GasAmount> fee = consumed.plus(margin);
  if (!fee.has_value()) return fail(Code::grant_fee_exceeded);
  return fee;
}

Result<void> check_bound(neo::GasAmount fee, neo::GasAmount most, std::string_view name) {
  if (fee <= most) return {};
  return fail(Code::grant_fee_exceeded, fmt::format("The {} fee of {} GAS is above the most {}",
                                                    name, fee.to_text(), most.to_text()));
}

std::vector<ByteView> to_views(const std::vector<Bytes>& scripts) {
  return {scripts.begin(), scripts.end()};
}

std::uint32_t random_nonce(Random& random) {
  const auto bytes = random.bytes<4>();
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8U |
         static_cast<std::uint32_t>(bytes[2]) << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

}  // namespace

Result<SignedTransaction> TransactionBuilder::prepare(const Draft& draft,
                                                      const Deadline& deadline) {
  NSL_ASSERT(draft.signer_wallets.size() == draft.transaction.signers.size());
  SignedTransaction made{.transaction = draft.transaction, .signed_at = {}};
  neo::Transaction& transaction = made.transaction;
  NSL_TRY(const chain::Invocation trial,
          parts_.chain.invoke_script(transaction.script, transaction.signers, deadline));
  if (!trial.is_halt) {
    return fail(Code::simulation_faulted,
                fmt::format("The test invocation ended in FAULT: {}", trial.exception));
  }
  NSL_TRY(transaction.system_fee, with_margin(trial.gas_consumed));
  NSL_TRY_VOID(check_bound(transaction.system_fee, draft.system_fee_max, "system"));
  NSL_TRY(made.signed_at, parts_.view.height(deadline));
  const std::uint32_t valid_blocks =
      std::min(draft.valid_blocks, parts_.chain.network().valid_until_block_increment_max);
  transaction.valid_until_block = neo::BlockIndex(made.signed_at.value() + valid_blocks);
  transaction.nonce = random_nonce(parts_.random);
  NSL_TRY(const std::vector<Bytes> scripts,
          verification_scripts(draft.key.account, draft.signer_wallets, deadline));
  NSL_TRY(transaction.network_fee, least_network_fee(transaction, scripts, deadline));
  NSL_TRY_VOID(check_bound(transaction.network_fee, draft.network_fee_max, "network"));
  return made;
}

Result<SignedTransaction> TransactionBuilder::build(const Draft& draft, const Deadline& deadline) {
  NSL_TRY(SignedTransaction made, prepare(draft, deadline));
  NSL_TRY_VOID(sign(draft.key.account, draft.signer_wallets, made.transaction, deadline));
  return made;
}

Result<SignedTransaction> TransactionBuilder::rebuild(const IntentKey& key,
                                                      const stored::IntentRecord& intent,
                                                      const Deadline& deadline) {
  NSL_TRY(neo::Transaction transaction, neo::parse_transaction(as_bytes(intent.transaction())));
  NSL_TRY(const neo::GasAmount most, neo::GasAmount::parse_datoshi(intent.network_fee_max()));
  transaction.witnesses.clear();
  transaction.attributes.clear();
  transaction.nonce = random_nonce(parts_.random);
  NSL_TRY(const std::vector<neo::UInt256> earlier, attempt_hashes(intent));
  for (const neo::UInt256& hash : earlier) {
    transaction.attributes.emplace_back(neo::Conflicts{.transaction = hash});
  }
  std::vector<std::string> wallets(intent.signer_wallets().begin(), intent.signer_wallets().end());
  if (wallets.empty()) wallets.push_back(intent.wallet());
  NSL_TRY(const std::vector<Bytes> scripts, verification_scripts(key.account, wallets, deadline));
  NSL_TRY(neo::GasAmount fee, least_network_fee(transaction, scripts, deadline));
  NSL_TRY(const neo::GasAmount newest, neo::GasAmount::parse_datoshi(intent.network_fee()));
  NSL_TRY(fee, fee.plus(newest));
  for (const stored::IntentAttempt& attempt : intent.replaced()) {
    NSL_TRY(const neo::GasAmount paid, neo::GasAmount::parse_datoshi(attempt.network_fee()));
    NSL_TRY(fee, fee.plus(paid));
  }
  NSL_TRY_VOID(check_bound(fee, most, "network"));
  transaction.network_fee = fee;
  NSL_TRY_VOID(sign(key.account, wallets, transaction, deadline));
  NSL_TRY(const neo::BlockIndex height, parts_.view.height(deadline));
  return SignedTransaction{.transaction = std::move(transaction), .signed_at = height};
}

Result<neo::GasAmount> TransactionBuilder::least_network_fee(const neo::Transaction& transaction,
                                                             const std::vector<Bytes>& scripts,
                                                             const Deadline& deadline) {
  NSL_TRY(neo::FeePolicy policy, parts_.chain.fee_policy(deadline));
  if (!transaction.attributes.empty()) {
    NSL_TRY(policy.conflicts_fee, conflicts_fee(deadline));
  }
  NSL_TRY_VOID(compare_with_node(transaction, scripts, policy, deadline));
  return neo::network_fee_of(transaction, to_views(scripts), policy);
}

Result<void> TransactionBuilder::compare_with_node(neo::Transaction transaction,
                                                   const std::vector<Bytes>& scripts,
                                                   const neo::FeePolicy& policy,
                                                   const Deadline& deadline) {
  {
    MutexLock lock(mutex_);
    if (agreed_on_ == policy) return {};
  }
  NSL_TRY(const neo::GasAmount ours, neo::network_fee_of(transaction, to_views(scripts), policy));
  for (const Bytes& script : scripts) {
    transaction.witnesses.push_back({.invocation = {}, .verification = script});
  }
  NSL_TRY(const neo::GasAmount theirs,
          parts_.chain.network_fee(neo::encode(transaction), deadline));
  if (ours != theirs) {
    return fail(Code::fee_disputed,
                fmt::format("The node asks for {} GAS where the network's own figures make {}",
                            theirs.to_text(), ours.to_text()));
  }
  MutexLock lock(mutex_);
  agreed_on_ = policy;
  return {};
}

Result<std::int64_t> TransactionBuilder::conflicts_fee(const Deadline& deadline) {
  const auto type = static_cast<std::int64_t>(neo::AttributeType::conflicts);
  NSL_TRY(const Bytes script,
          neo::make_call_script(neo::native_contract_hash("PolicyContract"), "getAttributeFee",
                                {neo::StackItem::integer(type)}, neo::CallFlags::read_only));
  NSL_TRY(const chain::Invocation answer, parts_.chain.invoke_script(script, {}, deadline));
  if (!answer.is_halt || answer.stack.empty()) return fail(Code::node_malformed_reply);
  NSL_TRY(const neo::Integer fee, answer.stack.front().to_integer());
  const std::optional<std::int64_t> value = fee.to_int64();
  if (!value.has_value() || *value < 0) return fail(Code::node_malformed_reply);
  return *value;
}

Result<std::vector<Bytes>> TransactionBuilder::verification_scripts(
    const std::string& account, const std::vector<std::string>& wallets,
    const Deadline& deadline) const {
  std::vector<Bytes> scripts;
  for (const std::string& id : wallets) {
    NSL_TRY(const wallets::WalletRecord wallet, parts_.wallets.get(account, id, deadline));
    NSL_TRY(Bytes script, wallets::verification_script_of(wallet.value.wallet()));
    scripts.push_back(std::move(script));
  }
  return scripts;
}

Result<void> TransactionBuilder::sign(const std::string& account,
                                      const std::vector<std::string>& wallets,
                                      neo::Transaction& transaction,
                                      const Deadline& deadline) const {
  NSL_TRY_VOID(neo::check_unsigned_transaction(transaction));
  const neo::NetworkMagic magic = parts_.chain.network().magic;
  const Bytes message = neo::signing_message(magic, neo::hash_of(transaction));
  for (const std::string& wallet : wallets) {
    NSL_TRY(const wallets::WalletRecord record, parts_.wallets.get(account, wallet, deadline));
    NSL_TRY(const neo::PrivateKey key, parts_.wallets.open_key(account, record.value, deadline));
    transaction.witnesses.push_back(
        neo::make_witness(key.public_key(), crypto::p256_sign(key, message)));
  }
  NSL_TRY_VOID(neo::check_transaction(transaction));
  return neo::verify_witnesses(transaction, magic);
}

}  // namespace nsl::enclave::transactions
