// A fixture: an account with a function and a webhook, a chain that shows what a test tells it to,
// and subscriptions "all" of it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "enclave/events/event_service.h"
#include "enclave/functions/function_service.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/fake_proofs.h"
#include "enclave/testing/service_test.h"
#include "enclave/triggers/backfiller.h"
#include "enclave/triggers/event_intake.h"
#include "enclave/webhooks/webhook_service.h"

namespace nsl::enclave::events {

inline constexpr const char* kContract = "0x1234567890123456789012345678901234567890";

class EventTest : public testing::ServiceTest {
 protected:
  using Change = std::function<void(nsl::v1::PutSubscriptionRequest&)>;

  EventTest() {
    nsl::v1::PutFunctionRequest function;
    function.set_name("answer");
    function.set_runtime(nsl::v1::PutFunctionRequest::javascript);
    function.set_source("export function main() {}");
    EXPECT_TRUE(functions_.put(alice(), function).has_value());
    nsl::v1::PutWebhookRequest webhook;
    webhook.set_name("hook");
    webhook.set_url("https://receiver.example/");
    EXPECT_TRUE(webhooks_.put(alice(), webhook).has_value());
  }

  static nsl::v1::PutSubscriptionRequest request(const std::string& name = "all") {
    nsl::v1::PutSubscriptionRequest result;
    result.set_name(name);
    result.set_contract(kContract);
    result.set_event("Transfer");
    return result;
  }
  nsl::v1::EventSubscription put(const Change& change = {}, const std::string& name = "all") {
    nsl::v1::PutSubscriptionRequest asked = request(name);
    if (change) change(asked);
    const auto subscription = service_.put_subscription(alice(), asked);
    EXPECT_TRUE(subscription.has_value()) << subscription.error().message();
    return subscription.value_or(nsl::v1::EventSubscription());
  }
  Code refusal_of(const Change& change) {
    nsl::v1::PutSubscriptionRequest asked = request();
    change(asked);
    const auto refused = service_.put_subscription(alice(), asked);
    return refused.has_value() ? Code::internal : refused.error().code();
  }
  static neo::UInt256 transaction(std::uint32_t number) {
    return neo::UInt256::parse(fmt::format("0x{:064x}", number)).value();
  }
  // A transaction of that number, in that block, that transferred so much; and its report.
  Result<std::vector<std::string>> emit(std::uint32_t number, std::uint32_t block,
                                        std::int64_t amount = 7) {
    show(number, block, amount);
    return intake_.report(report(number), deadline_);
  }
  void show(std::uint32_t number, std::uint32_t block, std::int64_t amount = 7) {
    chain_.halt_in_block(
        transaction(number), neo::BlockIndex(block),
        {{.contract = neo::UInt160::parse(kContract).value(),
          .event = "Transfer",
          .arguments_json = fmt::format(R"([{{"type":"Integer","value":"{}"}}])", amount)}});
  }
  static internal::v1::ReportEventRequest report(std::uint32_t number) {
    internal::v1::ReportEventRequest result;
    result.set_transaction(transaction(number).to_text());
    result.set_contract(kContract);
    result.set_event("Transfer");
    result.set_seen_at_ms(1'700'000'000'000);
    return result;
  }
  Result<nsl::v1::EventList> search(
      const std::function<void(nsl::v1::ListEventsRequest&)>& change = {}) {
    nsl::v1::ListEventsRequest asked;
    asked.set_limit(200);
    if (change) change(asked);
    return service_.list(alice(), asked);
  }

  testing::FakeChain chain_;
  testing::FakeProofs proofs_;
  triggers::SubscriptionIndex index_;
  runs::RunBook runs_{*vault_};
  functions::testing::FakeChecker checker_;
  functions::FunctionService functions_{*vault_, runs_, checker_};
  webhooks::WebhookService webhooks_{*vault_};
  webhooks::DeliveryBook deliveries_{*vault_};
  EventBook book_{
      {.vault = *vault_, .network = neo::NetworkMagic(56753), .clock = clock_, .random = random_}};
  EventService service_{
      {.vault = *vault_, .chain = chain_, .index = index_, .book = book_, .host = host_}};
  triggers::EventIntake intake_{{.vault = *vault_,
                                 .chain = chain_,
                                 .proofs = proofs_,
                                 .index = index_,
                                 .subscriptions = book_,
                                 .clock = clock_,
                                 .random = random_}};
};

}  // namespace nsl::enclave::events
