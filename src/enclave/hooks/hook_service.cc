#include "enclave/hooks/hook_service.h"

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "enclave/hooks/hook_reply.h"
#include "enclave/records/records.h"
#include "enclave/triggers/event_receiver.h"
#include "enclave/triggers/hook_trigger.h"

namespace nsl::enclave::hooks {
namespace {

namespace kind = records::kind;
using router::Call;

// No id of a trigger looks like this.
constexpr const char* kDecoy = "decoy";

// Where it is remembered which run a message started.
vault::RecordKey message_key(const stored::TriggerRecord& trigger, std::string_view id) {
  return triggers::accepted_key(trigger.account(), trigger.trigger().id(),
                                "hook/" + std::string(id));
}

}  // namespace

Result<void> HookService::make_decoy(const Call& call) {
  MutexLock lock(mutex_);
  if (has_decoy_) return {};
  NSL_TRY(const auto present,
          records::find_record<stored::TriggerRecord>(
              parts_.vault, {kind::kTrigger, records::kNoAccount, kDecoy}, call.deadline));
  if (!present.has_value()) {
    stored::TriggerRecord record;
    record.mutable_trigger()->set_id(kDecoy);
    record.mutable_trigger()->set_paused(true);
    vault::Batch batch;
    records::put_record(batch, {kind::kTrigger, records::kNoAccount, kDecoy}, record, 0);
    for (const std::uint32_t version : {0U, 1U}) {
      Secret<32> secret;
      call.random.fill(secret.reveal_mutable());
      batch.put_secret(triggers::hook_secret_key(records::kNoAccount, kDecoy, version),
                       SecretBytes::copy_of(secret.reveal()), 0);
    }
    stored::HookRecord place;
    place.set_name(kDecoy);
    records::put_record(batch, triggers::hook_key(kDecoy), place, 0);
    NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  }
  has_decoy_ = true;
  return {};
}

Result<HookService::Hook> HookService::find_hook(const Call& call, const std::string& trigger_id) {
  NSL_TRY_VOID(make_decoy(call));
  NSL_TRY(auto place, records::find_record<stored::HookRecord>(
                          parts_.vault, triggers::hook_key(trigger_id), call.deadline));
  Hook hook{.trigger = {}, .secrets = {}, .is_decoy = !place.has_value() || trigger_id == kDecoy};
  if (!place.has_value()) {
    NSL_TRY(place, records::find_record<stored::HookRecord>(
                       parts_.vault, triggers::hook_key(kDecoy), call.deadline));
    if (!place.has_value()) return fail(Code::record_missing);
  }
  const std::string& account = place->value.account();
  NSL_TRY(auto record,
          records::find_record<stored::TriggerRecord>(
              parts_.vault, {kind::kTrigger, account, place->value.name()}, call.deadline));
  // Deleted a moment ago.
  if (!record.has_value()) return fail(Code::hook_not_found);
  hook.trigger = std::move(record->value);
  const std::uint32_t newest = hook.is_decoy ? 1 : hook.trigger.secret_version();
  const bool is_old_good = call.now.value() < hook.trigger.old_secret_until_ms();
  for (const std::uint32_t version : {newest, newest - 1}) {
    NSL_TRY(auto secret,
            parts_.vault.find_secret(
                triggers::hook_secret_key(account, hook.trigger.trigger().id(), version),
                call.deadline));
    if (!secret.has_value()) {
      // Opened for nothing but the time it takes.
      NSL_TRY_VOID(parts_.vault.find_secret(
          triggers::hook_secret_key(records::kNoAccount, kDecoy, 0), call.deadline));
    }
    const bool is_good = secret.has_value() && (version == newest || is_old_good);
    // One that is not good is replaced by one nobody knows, so that each message costs as much.
    SecretBytes unknown(32);
    call.random.fill(unknown.reveal_mutable());
    hook.secrets.push_back(is_good ? std::move(secret->value) : std::move(unknown));
  }
  return hook;
}

Result<nsl::v1::HookReply> HookService::receive(const Call& call,
                                                const nsl::v1::ReceiveHookRequest& request) {
  if (std::cmp_greater(request.body().size(), limits::kHookBodyBytesMax)) {
    return fail(Code::payload_too_large, "The message is too large for a webhook");
  }
  NSL_TRY(const Hook hook, find_hook(call, request.trigger()));
  const nsl::v1::Trigger& trigger = hook.trigger.trigger();
  const HookMessage message = parse_message(request);
  bool is_good = false;
  for (const SecretBytes& secret : hook.secrets) is_good |= is_signed(message, secret.reveal());
  is_good &= is_of_now(message, call.now);
  is_good |= has_token(request.token(), hook.trigger.token_hash());
  // One answer for all of it: a stranger does not learn what is there.
  if (!is_good || hook.is_decoy || trigger.paused()) return fail(Code::hook_not_found);

  NSL_TRY(const std::string run_id, start(call, hook, request, message.id));
  if (trigger.source().webhook().wait()) {
    NSL_TRY(const nsl::v1::Run run,
            parts_.runs.wait_until_finished(hook.trigger.account(), run_id, call.deadline));
    return answer_of(run);
  }
  nsl::v1::Run run;
  run.set_id(run_id);
  return accepted(run);
}

Result<std::optional<std::string>> HookService::find_started(const vault::RecordKey& key,
                                                             const Deadline& deadline) const {
  NSL_TRY(auto record,
          records::find_record<stored::AcceptedEventRecord>(parts_.vault, key, deadline));
  if (!record.has_value()) return std::nullopt;
  return std::move(*record->value.mutable_run());
}

Result<std::string> HookService::start(const Call& call, const Hook& hook,
                                       const nsl::v1::ReceiveHookRequest& request,
                                       std::string_view id) {
  const nsl::v1::Trigger& trigger = hook.trigger.trigger();
  const std::string& account = hook.trigger.account();
  const vault::RecordKey key = message_key(hook.trigger, id);
  if (!id.empty()) {
    NSL_TRY(auto started, find_started(key, call.deadline));
    if (started.has_value()) return *std::move(started);
  }
  if (!rates_.take(trigger.id(), parts_.clock.monotonic_time())) {
    return fail(Code::rate_limited, "Too many messages for this webhook in a minute");
  }
  NSL_TRY(std::string input, to_input(request, trigger.source().webhook()));
  const auto function = functions_.get(account, trigger.function(), call.deadline);
  if (!function.has_value() && function.error().code() != Code::function_not_found) {
    return fail(function.error());
  }
  runs::NewRun run{.account = account,
                   .run_id = codec::make_id("run", call.now, call.random),
                   .function = {},
                   .input = std::move(input),
                   .trigger = trigger.name(),
                   .event = {},
                   .now = call.now,
                   .is_fetch = true};
  // Without its function the run is made all the same: it fails and says why.
  run.function.set_name(trigger.function());
  if (function.has_value()) {
    run.function = function->value.function();
    // A sender that waits sees the run fail and may send again.
    const bool is_retried =
        function->value.policy().has_retry() && !trigger.source().webhook().wait();
    if (is_retried) run.retry = function->value.policy().retry();
  }
  vault::Batch batch;
  stored::AcceptedEventRecord record;
  record.set_run(run.run_id);
  if (!id.empty()) records::put_record(batch, key, record, 0);
  runs::RunBook::add_to_batch(batch, run);
  const Result<void> stored = parts_.vault.commit(std::move(batch), call.deadline);
  if (!stored.has_value() && stored.error().code() == Code::version_conflict && !id.empty()) {
    // The same message came twice at once.
    NSL_TRY(auto first, find_started(key, call.deadline));
    if (first.has_value()) return *std::move(first);
  }
  if (!stored.has_value()) return fail(stored.error());
  return run.run_id;
}

}  // namespace nsl::enclave::hooks
