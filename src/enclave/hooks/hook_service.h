// The operation by which senders outside start functions.
//
// TRUST: nobody. The host reads what is posted and what is answered; it cannot make a message that
// counts, change one, give it to another trigger, or have it start a second run, because the
// signature is over id, time and body under a secret of the one trigger, and the id is remembered
// in the same commit as the run. A token (WebhookSource.allow_token) promises none of this.
#pragma once

#include <optional>
#include <string>

#include "core/base/mutex.h"
#include "core/base/random.h"
#include "enclave/functions/function_book.h"
#include "enclave/hooks/hook_message.h"
#include "enclave/hooks/hook_rates.h"
#include "enclave/router/call.h"
#include "enclave/runs/run_book.h"
#include "enclave/vault/vault.h"
#include "nsl/v1/hook.service.h"

namespace nsl::enclave::hooks {

class HookService final : public nsl::v1::HookServiceInterface<router::Call> {
 public:
  struct Parts {
    vault::Vault& vault;
    runs::RunBook& runs;
    const Clock& clock;
  };
  explicit HookService(Parts parts) : parts_(parts), functions_(parts.vault) {}

  Result<nsl::v1::HookReply> receive(const router::Call& call,
                                     const nsl::v1::ReceiveHookRequest& request) override;

 private:
  // What is stored of the trigger a sender named, or of the decoy.
  struct Hook {
    stored::TriggerRecord trigger;
    std::vector<SecretBytes> secrets;
    bool is_decoy = false;
  };

  Result<Hook> find_hook(const router::Call& call, const std::string& trigger_id)
      NSL_EXCLUDES(mutex_);
  // The trigger that is opened where there is none, so that the answer takes as long.
  Result<void> make_decoy(const router::Call& call) NSL_EXCLUDES(mutex_);
  // The run of a message that came before.
  Result<std::optional<std::string>> find_started(const vault::RecordKey& key,
                                                  const Deadline& deadline) const;
  // The run is remembered under the id; without one each message starts its own.
  Result<std::string> start(const router::Call& call, const Hook& hook,
                            const nsl::v1::ReceiveHookRequest& request, std::string_view id);

  Parts parts_;
  functions::FunctionBook functions_;
  HookRates rates_;
  Mutex mutex_;
  bool has_decoy_ NSL_GUARDED_BY(mutex_) = false;
};

}  // namespace nsl::enclave::hooks
