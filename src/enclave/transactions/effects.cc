#include "enclave/transactions/effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/crypto/hash.h"
#include "core/neo/contract.h"
#include "core/neo/fee.h"
#include "core/neo/script_builder.h"
#include "enclave/policy/wallet_policy.h"

namespace nsl::enclave::transactions {
namespace {

vault::RecordKey intent_key(const std::string& account, const std::string& run_id,
                            std::uint32_t call_index) {
  return {records::kind::kIntent, account, fmt::format("{}/{}", run_id, call_index)};
}

// State may change between the test run and the block, so a tenth is added. What is not used is
// burned all the same, which is why the grant bounds it.
// A sum too large for an amount is above every grant.
Result<neo::GasAmount> with_margin(neo::GasAmount consumed) {
  NSL_TRY(const neo::GasAmount margin, neo::GasAmount::parse_datoshi(consumed.datoshi() / 10));
  const Result<neo::GasAmount> fee = consumed.plus(margin);
  if (!fee.has_value()) return fail(Code::grant_fee_exceeded);
  return fee;
}

// The witness counts for the called contract only, not for what that contract calls in turn.
neo::Signer signer_of(const neo::PublicKey& key) {
  neo::Signer signer;
  signer.account = neo::account_of(key);
  signer.scopes = neo::WitnessScope::called_by_entry;
  return signer;
}

}  // namespace

Result<stored::IntentRecord> Effects::invoke(const InvocationRequest& request,
                                             const Deadline& deadline) {
  NSL_TRY(std::optional<IntentRecord> intent, find(request, deadline));
  if (!intent.has_value()) {
    NSL_TRY(Prepared prepared, prepare(request, deadline));
    NSL_TRY(intent, sign_and_store(request, std::move(prepared), deadline));
  }
  NSL_ASSERT(!intent->value.transaction().empty());
  if (intent->value.state() == stored::IntentRecord::SIGNED ||
      intent->value.state() == stored::IntentRecord::SENT) {
    NSL_TRY_VOID(send(intent->value, deadline));
    intent->value.set_state(stored::IntentRecord::SENT);
    intent->value.set_sent_at_ms(parts_.clock.wall_time().value());
  }
  return std::move(intent->value);
}

Result<std::optional<IntentRecord>> Effects::find(const InvocationRequest& request,
                                                  const Deadline& deadline) const {
  NSL_TRY(
      auto present,
      records::find_record<stored::IntentRecord>(
          parts_.vault, intent_key(request.account, request.run_id, request.call_index), deadline));
  if (!present.has_value()) return std::optional<IntentRecord>();
  const crypto::Digest32 hash = crypto::sha256(as_bytes(request.arguments_json));
  if (!equal(as_bytes(present->value.arguments_hash()), hash)) {
    return fail(Code::run_effect_conflict,
                "The run was repeated and asked for another transaction at the same place");
  }
  return present;
}

Result<Effects::Prepared> Effects::prepare(const InvocationRequest& request,
                                           const Deadline& deadline) {
  NSL_TRY(const wallets::WalletRecord wallet,
          parts_.wallets.get(request.account, request.wallet, deadline));
  const std::string& wallet_id = wallet.value.wallet().id();
  NSL_TRY(const wallets::GrantRecord grant,
          parts_.wallets.get_grant(request.account, wallet_id, request.function, deadline));
  NSL_TRY_VOID(policy::check_invocation(grant.value.grant(), request.contract, request.method));

  NSL_TRY(const neo::PublicKey key,
          neo::parse_public_key(as_bytes(wallet.value.wallet().public_key())));
  Prepared prepared{.transaction = {}, .wallet_id = wallet_id};
  neo::Transaction& transaction = prepared.transaction;
  NSL_TRY(transaction.script,
          neo::make_call_script(request.contract, request.method, request.arguments));
  transaction.signers = {signer_of(key)};

  NSL_TRY(const chain::Invocation trial,
          parts_.chain.invoke_script(transaction.script, transaction.signers, deadline));
  if (!trial.is_halt) {
    return fail(Code::simulation_faulted,
                fmt::format("The test invocation ended in FAULT: {}", trial.exception));
  }
  NSL_TRY(transaction.system_fee, with_margin(trial.gas_consumed));
  NSL_TRY(const neo::FeePolicy fee_policy, parts_.chain.fee_policy(deadline));
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(deadline));
  const auto valid_blocks =
      std::min<std::uint32_t>(static_cast<std::uint32_t>(limits::kTransactionValidBlocks),
                              parts_.chain.network().valid_until_block_increment_max);
  transaction.valid_until_block = neo::BlockIndex(height.value() + valid_blocks);
  const auto nonce = parts_.random.bytes<4>();
  transaction.nonce =
      static_cast<std::uint32_t>(nonce[0]) | static_cast<std::uint32_t>(nonce[1]) << 8U |
      static_cast<std::uint32_t>(nonce[2]) << 16U | static_cast<std::uint32_t>(nonce[3]) << 24U;
  const Bytes verification = neo::make_signature_script(key);
  const std::array<ByteView, 1> scripts = {verification};
  NSL_TRY(transaction.network_fee, neo::network_fee_of(transaction, scripts, fee_policy));
  NSL_TRY_VOID(policy::check_fees(grant.value.grant(), {.system_fee = transaction.system_fee,
                                                        .network_fee = transaction.network_fee}));
  return prepared;
}

Result<IntentRecord> Effects::sign_and_store(const InvocationRequest& request, Prepared prepared,
                                             const Deadline& deadline) {
  neo::Transaction& transaction = prepared.transaction;
  NSL_TRY_VOID(neo::check_unsigned_transaction(transaction));
  const neo::UInt256 hash = neo::hash_of(transaction);
  {
    const neo::PrivateKey key = parts_.wallets.key_of(request.account, prepared.wallet_id);
    const Bytes message = neo::signing_message(parts_.chain.network().magic, hash);
    transaction.witnesses = {neo::make_witness(key.public_key(), crypto::p256_sign(key, message))};
  }
  NSL_TRY_VOID(neo::check_transaction(transaction));
  NSL_TRY_VOID(neo::verify_witnesses(transaction, parts_.chain.network().magic));

  IntentRecord intent;
  const crypto::Digest32 arguments_hash = crypto::sha256(as_bytes(request.arguments_json));
  const Bytes bytes = neo::encode(transaction);
  intent.value.set_arguments_hash(arguments_hash.data(), arguments_hash.size());
  intent.value.set_transaction(bytes.data(), bytes.size());
  intent.value.set_hash(hash.to_text());
  intent.value.set_valid_until_block(transaction.valid_until_block.value());
  intent.value.set_state(stored::IntentRecord::SIGNED);
  intent.value.set_system_fee(transaction.system_fee.datoshi());
  intent.value.set_network_fee(transaction.network_fee.datoshi());
  intent.value.set_wallet(prepared.wallet_id);
  vault::Batch batch;
  records::put_record(batch, intent_key(request.account, request.run_id, request.call_index),
                      intent.value, 0);
  const Result<void> stored = parts_.vault.commit(std::move(batch), deadline);
  if (!stored.has_value() && stored.error().code() == Code::version_conflict) {
    // The first stored intent wins; ours was never sent.
    NSL_TRY(auto first, find(request, deadline));
    if (first.has_value()) return *std::move(first);
  }
  if (!stored.has_value()) return fail(stored.error());
  intent.version = 1;
  return intent;
}

Result<void> Effects::send(const stored::IntentRecord& intent, const Deadline& deadline) {
  NSL_TRY(const chain::SendOutcome outcome,
          parts_.chain.send_transaction(as_bytes(intent.transaction()), deadline));
  static_cast<void>(outcome);  // Known already is as good as accepted.
  return {};
}

Result<stored::IntentRecord> Effects::follow(const std::string& account, const std::string& run_id,
                                             std::uint32_t call_index, const Deadline& deadline) {
  const vault::RecordKey key = intent_key(account, run_id, call_index);
  NSL_TRY(auto intent, records::find_record<stored::IntentRecord>(parts_.vault, key, deadline));
  if (!intent.has_value()) return fail(Code::not_found, "No such effect");
  const stored::IntentRecord::State before = intent->value.state();
  if (before != stored::IntentRecord::SIGNED && before != stored::IntentRecord::SENT) {
    return std::move(intent->value);
  }
  NSL_TRY(const bool is_settled, settle(intent->value, deadline));
  if (!is_settled) {
    // A refusal is not the end: another node, or the same one later, may take it until it expires.
    const Result<void> sent = send(intent->value, deadline);
    if (sent.has_value()) intent->value.set_state(stored::IntentRecord::SENT);
  }
  if (intent->value.state() != before) {
    vault::Batch batch;
    records::put_record(batch, key, intent->value, intent->version);
    NSL_TRY_VOID(parts_.vault.commit(std::move(batch), deadline));
  }
  return std::move(intent->value);
}

Result<std::map<std::uint32_t, stored::IntentRecord>> Effects::list(
    const std::string& account, const std::string& run_id, const Deadline& deadline) const {
  NSL_TRY(const auto all, parts_.vault.list(records::kind::kIntent, account, deadline));
  std::map<std::uint32_t, stored::IntentRecord> intents;
  const std::string prefix = run_id + "/";
  for (const auto& [id, record] : all) {
    if (!id.starts_with(prefix)) continue;
    std::uint32_t index = 0;
    const char* const end = id.data() + id.size();
    if (std::from_chars(id.data() + prefix.size(), end, index).ptr != end) {
      return fail(Code::record_corrupt);
    }
    NSL_TRY(IntentRecord intent, records::parse_record<stored::IntentRecord>(record));
    intents.emplace(index, std::move(intent.value));
  }
  return intents;
}

Result<bool> Effects::settle(stored::IntentRecord& intent, const Deadline& deadline) {
  NSL_TRY(const neo::UInt256 hash, neo::UInt256::parse(intent.hash()));
  // The height is read first: a transaction in no block after its last one will never be in one.
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(deadline));
  NSL_TRY(const auto log, parts_.chain.application_log(hash, deadline));
  if (!log.has_value()) {
    if (height.value() <= intent.valid_until_block()) return false;
    intent.set_state(stored::IntentRecord::EXPIRED);
    return true;
  }
  NSL_TRY(const auto block, parts_.chain.block_of(hash, deadline));
  intent.set_state(log->is_halt ? stored::IntentRecord::HALT : stored::IntentRecord::FAULT);
  intent.set_exception(log->exception);
  if (block.has_value()) intent.set_block(block->value());
  intent.set_confirmed_at_ms(parts_.clock.wall_time().value());
  return true;
}

}  // namespace nsl::enclave::transactions
