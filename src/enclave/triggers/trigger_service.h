// The operations on triggers. A change is told to the host's watcher, which reads the whole list
// again; if the message is lost, the watcher reads it at its next connection.
#pragma once

#include <optional>

#include "core/wire/service.h"
#include "enclave/chain/chain.h"
#include "enclave/chain_access/chain_access.h"
#include "enclave/functions/function_book.h"
#include "enclave/light_client/proofs.h"
#include "enclave/router/call.h"
#include "enclave/triggers/hook_trigger.h"
#include "enclave/triggers/subscription_index.h"
#include "nsl/v1/trigger.service.h"

namespace nsl::enclave::triggers {

class TriggerService final : public nsl::v1::TriggerServiceInterface<router::Call> {
 public:
  struct Parts {
    vault::Vault& vault;
    chain::Chain& chain;
    chain_access::ChainAccess& access;
    const light_client::Proofs& proofs;
    SubscriptionIndex& index;
    wire::Transport& host;
    const Clock& clock;
  };
  explicit TriggerService(Parts parts)
      : parts_(parts), functions_(parts.vault), hooks_(parts.vault) {}

  Result<nsl::v1::Trigger> put(const router::Call& call,
                               const nsl::v1::PutTriggerRequest& request) override;
  Result<nsl::v1::TriggerList> list(const router::Call& call,
                                    const nsl::v1::ListTriggersRequest& request) override;
  Result<nsl::v1::Trigger> get(const router::Call& call,
                               const nsl::v1::GetTriggerRequest& request) override;
  Result<nsl::v1::Trigger> pause(const router::Call& call,
                                 const nsl::v1::PauseTriggerRequest& request) override;
  Result<nsl::v1::Trigger> resume(const router::Call& call,
                                  const nsl::v1::ResumeTriggerRequest& request) override;
  Result<nsl::v1::Trigger> backfill(const router::Call& call,
                                    const nsl::v1::BackfillTriggerRequest& request) override;
  Result<nsl::v1::TriggerPreview> preview(const router::Call& call,
                                          const nsl::v1::PreviewTriggerRequest& request) override;
  Result<nsl::v1::Trigger> rotate(const router::Call& call,
                                  const nsl::v1::RotateTriggerRequest& request) override;
  Result<nsl::v1::Empty> remove(const router::Call& call,
                                const nsl::v1::DeleteTriggerRequest& request) override;

 private:
  using TriggerRecord = StoredTrigger;

  Result<TriggerRecord> get_record(const router::Call& call, const std::string& name) const;
  Result<void> check_evidence(const nsl::v1::ContractEventSource& source) const;
  Result<nsl::v1::Trigger> put_hook(const router::Call& call,
                                    const nsl::v1::PutTriggerRequest& request);
  Result<void> check_room(const router::Call& call) const;
  // 0: nothing waits for the trigger's event.
  Result<std::uint64_t> subscription_version(const router::Call& call,
                                             const std::string& name) const;
  // Stores the trigger as its next version, together with what `batch` holds. It waits no longer
  // for `before`, and for its event unless it is paused.
  Result<nsl::v1::Trigger> store(const router::Call& call, TriggerRecord record, vault::Batch batch,
                                 const std::optional<EventName>& before);
  Result<nsl::v1::Trigger> with_backfill(const router::Call& call, nsl::v1::Trigger trigger) const;

  Parts parts_;
  functions::FunctionBook functions_;
  HookTriggers hooks_;
};

}  // namespace nsl::enclave::triggers
