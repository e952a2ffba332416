// Deliverer: the job that brings an endpoint what waits for it, one delivery after the other, for a
// bounded time; then others have their turn.
//
// At least once: a delivery whose receiver answered 2xx is not sent again, unless this enclave ends
// between the answer and noting it. The header webhook-id is the same at every attempt, so that a
// receiver can tell. What the host's trouble keeps from being sent is no attempt.
#pragma once

#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "enclave/jobs/job.h"
#include "enclave/jobs/under_way.h"
#include "enclave/outcall/http.h"
#include "enclave/webhooks/delivery_book.h"

namespace nsl::enclave::webhooks {

class Deliverer final : public jobs::JobHandler {
 public:
  struct Parts {
    vault::Vault& vault;
    outcall::HttpExchanger& http;
    const Clock& clock;
    Random& random;
  };
  explicit Deliverer(Parts parts);

  // A job is job_of().
  Result<jobs::JobOutcome> carry_out(const std::string& job, const Deadline& deadline) override;

 private:
  struct Endpoint {
    std::string account;
    std::string name;
  };

  Result<jobs::JobOutcome> deliver_due(const Endpoint& endpoint, const Deadline& deadline);
  // One attempt. Fails when none was made.
  Result<Attempt> attempt(const Endpoint& endpoint, const WebhookRecord& webhook,
                          const stored::WebhookQueueRecord::Pending& pending,
                          const Deadline& deadline);
  // The value of the header webhook-signature.
  Result<std::string> signatures(const Endpoint& endpoint, const WebhookRecord& webhook,
                                 const stored::DeliveryRecord& delivery,
                                 const std::string& timestamp, const Deadline& deadline);

  const Parts parts_;
  const DeliveryBook book_;
  jobs::UnderWay under_way_;
};

}  // namespace nsl::enclave::webhooks
