// DeliveryBook keeps endpoints and what is to be delivered to them: sealed records with a job in
// the host's queue. A delivery that was accepted waits until it is taken or given up, whatever
// restarts meanwhile, and is remembered after that for a while.
//
// Every delivery of an endpoint changes the endpoint's queue record, so that two writers never both
// succeed: one gets Code::version_conflict and reads again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "enclave/records/records.h"
#include "nsl/v1/webhook.pb.h"

namespace nsl::enclave::webhooks {

// The first word of the jobs.
inline constexpr std::string_view kJobWord = "webhook";

using WebhookRecord = records::Stored<stored::WebhookRecord>;
using QueueRecord = records::Stored<stored::WebhookQueueRecord>;
using DeliveryRecord = records::Stored<stored::DeliveryRecord>;

vault::RecordKey webhook_key(const std::string& account, const std::string& name);
vault::RecordKey secret_key(const std::string& account, const std::string& webhook_id,
                            std::uint32_t version);
vault::RecordKey queue_key(const std::string& account, const std::string& webhook_id);
std::string delivery_kind(const std::string& webhook_id);
vault::RecordKey delivery_key(const std::string& account, const std::string& webhook_id,
                              const std::string& delivery_id);
std::string job_of(const std::string& account, const std::string& webhook_name);

struct NewDelivery {
  std::string account;
  // Name of the webhook.
  std::string webhook;
  std::string subscription;
  std::string event;
  // What is sent, byte for byte.
  std::string body;
  WallTime now;
};

// What became of one attempt.
struct Attempt {
  enum class Outcome : std::uint8_t {
    taken,
    failed,
    gone,  // The receiver wants nothing more, ever.
  };
  Outcome outcome = Outcome::failed;
  // 0: no answer.
  std::uint32_t status = 0;
  std::string error;
  // The pause before the next attempt, should there be one.
  std::int64_t pause_ms = 0;
};

class DeliveryBook {
 public:
  explicit DeliveryBook(vault::Vault& vault) : vault_(vault) {}

  // Code::webhook_not_found, also for another account's.
  Result<WebhookRecord> get_webhook(const std::string& account, const std::string& name,
                                    const Deadline& deadline) const;
  // Empty when there is none yet.
  Result<QueueRecord> get_queue(const std::string& account, const std::string& webhook_id,
                                const Deadline& deadline) const;
  // Code::delivery_not_found.
  Result<DeliveryRecord> get_delivery(const std::string& account, const std::string& webhook_id,
                                      const std::string& delivery_id,
                                      const Deadline& deadline) const;

  // Adds the delivery and its job to a batch and returns its id. Where limits::kWebhookPendingMax
  // wait already it is a dead letter from the beginning.
  Result<std::string> add_to_batch(vault::Batch& batch, const NewDelivery& delivery, Random& random,
                                   const Deadline& deadline) const;
  // Notes what an attempt led to: the end of the delivery, or when the next attempt is due.
  Result<void> note_attempt(const std::string& account, const std::string& webhook_name,
                            const std::string& delivery_id, const Attempt& attempt, WallTime now,
                            const Deadline& deadline) const;
  // Code::delivery_pending, Code::webhook_queue_full.
  Result<nsl::v1::Delivery> replay(const std::string& account, const WebhookRecord& webhook,
                                   const std::string& delivery_id, WallTime now,
                                   const Deadline& deadline) const;

 private:
  // Makes room in the book for one more delivery.
  Result<void> forget_oldest(vault::Batch& batch, const std::string& account,
                             const std::string& webhook_id, stored::WebhookQueueRecord& queue,
                             const Deadline& deadline) const;
  Result<void> note_once(const std::string& account, const std::string& webhook_name,
                         const std::string& delivery_id, const Attempt& attempt, WallTime now,
                         const Deadline& deadline) const;

  vault::Vault& vault_;
};

}  // namespace nsl::enclave::webhooks
