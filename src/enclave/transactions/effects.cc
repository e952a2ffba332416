#include "enclave/transactions/effects.h"

#include <charconv>

#include "core/base/limits.h"
#include "core/neo/script_builder.h"
#include "enclave/policy/wallet_policy.h"

namespace nsl::enclave::transactions {
namespace {

IntentKey key_of(const EffectSource& source) {
  return {source.account, run_intent_id(source.run_id, source.call_index)};
}

Result<stored::IntentRecord> taken(Result<Submission> submission) {
  if (!submission.has_value()) return fail(submission.error());
  if (submission->refusal.has_value()) return fail(*submission->refusal);
  return std::move(submission->intent);
}

}  // namespace

Result<stored::IntentRecord> Effects::invoke(const InvocationRequest& request,
                                             const Deadline& deadline) {
  const EffectSource& source = request.source;
  NSL_TRY(auto before, parts_.submitter.resume(key_of(source), source.arguments_json, deadline));
  if (before.has_value()) return taken(*std::move(before));
  NSL_TRY(Granted granted, find_grant(source, deadline));
  NSL_TRY_VOID(policy::check_invocation(granted.grant, request.contract, request.method));
  NSL_TRY(Bytes script, neo::make_call_script(request.contract, request.method, request.arguments));
  return submit(std::move(granted), std::move(script), deadline);
}

Result<stored::IntentRecord> Effects::transfer(const TransferRequest& request,
                                               const Deadline& deadline) {
  const EffectSource& source = request.source;
  NSL_TRY(auto before, parts_.submitter.resume(key_of(source), source.arguments_json, deadline));
  if (before.has_value()) return taken(*std::move(before));
  NSL_TRY(Granted granted, find_grant(source, deadline));
  NSL_TRY_VOID(policy::check_invocation(granted.grant, request.payment.token, "transfer"));
  NSL_TRY(TransferScript made,
          parts_.tokens.make_transfer(granted.payer, request.payment, deadline));
  granted.draft.spends = made.spends;
  return submit(std::move(granted), std::move(made.script), deadline);
}

Result<Effects::Granted> Effects::find_grant(const EffectSource& source,
                                             const Deadline& deadline) const {
  NSL_TRY(const wallets::WalletRecord wallet,
          parts_.wallets.get(source.account, source.wallet, deadline));
  const std::string& wallet_id = wallet.value.wallet().id();
  NSL_TRY(const wallets::GrantRecord grant,
          parts_.wallets.get_grant(source.account, wallet_id, source.function, deadline));
  NSL_TRY(const neo::PublicKey key,
          neo::parse_public_key(as_bytes(wallet.value.wallet().public_key())));
  Granted granted{.draft = {}, .payer = neo::account_of(key), .grant = grant.value.grant()};
  granted.draft.key = key_of(source);
  granted.draft.wallet_id = wallet_id;
  granted.draft.signer_wallets = {wallet_id};
  NSL_TRY(granted.draft.system_fee_max, neo::GasAmount::parse(granted.grant.max_system_fee()));
  NSL_TRY(granted.draft.network_fee_max, neo::GasAmount::parse(granted.grant.max_network_fee()));
  granted.draft.valid_blocks = static_cast<std::uint32_t>(limits::kTransactionValidBlocks);
  granted.draft.arguments_text = source.arguments_json;
  return granted;
}

Result<stored::IntentRecord> Effects::submit(Granted granted, Bytes script,
                                             const Deadline& deadline) {
  // The witness counts for the called contract only, not for what that contract calls in turn.
  neo::Signer signer;
  signer.account = granted.payer;
  signer.scopes = neo::WitnessScope::called_by_entry;
  granted.draft.transaction.signers = {signer};
  granted.draft.transaction.script = std::move(script);
  return taken(parts_.submitter.submit(granted.draft, Shortage::wait, deadline));
}

Result<stored::IntentRecord> Effects::follow(const std::string& account, const std::string& run_id,
                                             std::uint32_t call_index, const Deadline& deadline) {
  return parts_.submitter.follow({account, run_intent_id(run_id, call_index)}, deadline);
}

Result<std::map<std::uint32_t, stored::IntentRecord>> Effects::list(
    const std::string& account, const std::string& run_id, const Deadline& deadline) const {
  NSL_TRY(auto all, parts_.submitter.list(account, deadline));
  std::map<std::uint32_t, stored::IntentRecord> intents;
  const std::string prefix = run_id + "/";
  for (auto& [id, intent] : all) {
    if (!id.starts_with(prefix)) continue;
    std::uint32_t index = 0;
    const char* const end = id.data() + id.size();
    if (std::from_chars(id.data() + prefix.size(), end, index).ptr != end) {
      return fail(Code::record_corrupt);
    }
    intents.emplace(index, std::move(intent));
  }
  return intents;
}

}  // namespace nsl::enclave::transactions
