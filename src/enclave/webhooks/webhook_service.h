// The operations on webhooks. A secret is made inside and leaves once, in the reply that made it.
#pragma once

#include "enclave/router/call.h"
#include "enclave/webhooks/delivery_book.h"
#include "nsl/v1/webhook.service.h"

namespace nsl::enclave::webhooks {

class WebhookService final : public nsl::v1::WebhookServiceInterface<router::Call> {
 public:
  explicit WebhookService(vault::Vault& vault) : vault_(vault), book_(vault) {}

  Result<nsl::v1::Webhook> put(const router::Call& call,
                               const nsl::v1::PutWebhookRequest& request) override;
  Result<nsl::v1::WebhookList> list(const router::Call& call,
                                    const nsl::v1::ListWebhooksRequest& request) override;
  Result<nsl::v1::Webhook> get(const router::Call& call,
                               const nsl::v1::GetWebhookRequest& request) override;
  Result<nsl::v1::Webhook> rotate(const router::Call& call,
                                  const nsl::v1::RotateWebhookRequest& request) override;
  Result<nsl::v1::Empty> remove(const router::Call& call,
                                const nsl::v1::DeleteWebhookRequest& request) override;
  Result<nsl::v1::DeliveryList> list_deliveries(
      const router::Call& call, const nsl::v1::ListDeliveriesRequest& request) override;
  Result<nsl::v1::Delivery> replay(const router::Call& call,
                                   const nsl::v1::ReplayDeliveryRequest& request) override;

 private:
  Result<void> check_room(const router::Call& call) const;
  // Stores the webhook as its next version, together with what `batch` holds.
  Result<nsl::v1::Webhook> store(const router::Call& call, WebhookRecord record,
                                 vault::Batch batch) const;
  Result<nsl::v1::Webhook> with_pending(const router::Call& call, nsl::v1::Webhook webhook) const;

  vault::Vault& vault_;
  const DeliveryBook book_;
};

}  // namespace nsl::enclave::webhooks
