// Webhook triggers: senders outside post to their path. What is stored of one: the trigger, where
// it is found by its id alone, its secrets by version, and the hash of its token.
//
// Secret and token are made here and shown in the reply that made them, never again.
#pragma once

#include <string>

#include "core/base/result.h"
#include "enclave/records/records.h"
#include "enclave/router/call.h"
#include "enclave/vault/vault.h"
#include "nsl/v1/trigger.pb.h"

namespace nsl::enclave::triggers {

using StoredTrigger = records::Stored<stored::TriggerRecord>;

// Of no account: a sender names nothing but the id.
vault::RecordKey hook_key(const std::string& trigger_id);
vault::RecordKey hook_secret_key(const std::string& account, const std::string& trigger_id,
                                 std::uint32_t version);

// As people write it; names of headers become lower case. Code::trigger_invalid.
Result<void> parse_hook_source(nsl::v1::WebhookSource& source);

class HookTriggers {
 public:
  explicit HookTriggers(vault::Vault& vault) : vault_(vault) {}

  // Stores the trigger as its next version, with what it has none of yet: secret and token.
  Result<nsl::v1::Trigger> store(const router::Call& call, StoredTrigger record) const;
  // The same with a new secret and a new token.
  Result<nsl::v1::Trigger> rotate(const router::Call& call, StoredTrigger record) const;
  Result<void> remove(const router::Call& call, const StoredTrigger& record) const;

 private:
  Result<nsl::v1::Trigger> commit(const router::Call& call, StoredTrigger record,
                                  vault::Batch batch) const;

  vault::Vault& vault_;
};

}  // namespace nsl::enclave::triggers
