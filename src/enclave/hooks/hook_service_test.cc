#include "enclave/hooks/hook_service.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "enclave/functions/function_service.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/testing/service_test.h"
#include "enclave/triggers/hook_trigger.h"
#include "enclave/webhooks/signature.h"

namespace nsl::enclave::hooks {
namespace {

using nsl::v1::ReceiveHookRequest;

void set_header(ReceiveHookRequest& request, const std::string& name, const std::string& value) {
  for (auto& header : *request.mutable_headers()) {
    if (header.name() == name) return header.set_value(value);
  }
  auto* header = request.add_headers();
  header->set_name(name);
  header->set_value(value);
}

class HookServiceTest : public testing::ServiceTest {
 protected:
  HookServiceTest() {
    nsl::v1::PutFunctionRequest function;
    function.set_name("answer");
    function.set_runtime(nsl::v1::PutFunctionRequest::javascript);
    function.set_source("export function main() {}");
    EXPECT_TRUE(functions_.put(alice(), function).has_value());
    trigger_ = put("inbox");
  }
  // Sets the trigger, and keeps what it shows once.
  nsl::v1::Trigger put(const std::string& name,
                       const std::function<void(nsl::v1::Trigger&)>& change = {}) {
    const vault::RecordKey key{records::kind::kTrigger, "acc_alice", name};
    auto present = records::find_record<stored::TriggerRecord>(*vault_, key, deadline_).value();
    triggers::StoredTrigger record = present.value_or(triggers::StoredTrigger{});
    auto& trigger = *record.value.mutable_trigger();
    record.value.set_account("acc_alice");
    trigger.set_id("trg_" + name);
    trigger.set_name(name);
    trigger.set_function("answer");
    trigger.mutable_source()->mutable_webhook();
    if (change) change(trigger);
    return hooks_.store(alice(), std::move(record)).value();
  }
  nsl::v1::Trigger rotate() {
    const vault::RecordKey key{records::kind::kTrigger, "acc_alice", "inbox"};
    auto record = records::find_record<stored::TriggerRecord>(*vault_, key, deadline_).value();
    return hooks_.rotate(alice(), *std::move(record)).value();
  }
  ReceiveHookRequest message(const std::string& id, const std::string& body) const {
    return signed_with(trigger_.secret(), id, body);
  }
  ReceiveHookRequest signed_with(const std::string& secret, const std::string& id,
                                 const std::string& body) const {
    constexpr std::size_t kPrefix = std::string_view("whsec_").size();
    const Bytes key = codec::decode_base64(secret.substr(kPrefix)).value();
    const std::string time = webhooks::timestamp_text(clock_.wall_time());
    ReceiveHookRequest request;
    request.set_trigger(trigger_.id());
    request.set_body(body);
    set_header(request, "webhook-id", id);
    set_header(request, "webhook-timestamp", time);
    set_header(request, "webhook-signature", webhooks::sign(key, id, time, as_bytes(body)));
    return request;
  }
  Result<nsl::v1::HookReply> receive(const ReceiveHookRequest& request) {
    return service_.receive(call_of(""), request);
  }
  std::string run_of(const ReceiveHookRequest& request) {
    const auto reply = receive(request);
    EXPECT_TRUE(reply.has_value()) << reply.error().message();
    if (!reply.has_value()) return {};
    EXPECT_EQ(reply->status(), 202U);
    return reply->body();
  }
  Code refusal_of(const ReceiveHookRequest& request) {
    const auto reply = receive(request);
    return reply.has_value() ? Code::internal : reply.error().code();
  }
  std::vector<runs::RunRecord> all_runs() { return runs_.list("acc_alice", deadline_).value(); }

  runs::RunBook runs_{*vault_};
  functions::testing::FakeChecker checker_;
  functions::FunctionService functions_{*vault_, runs_, checker_};
  triggers::HookTriggers hooks_{*vault_};
  HookService service_{{.vault = *vault_, .runs = runs_, .clock = clock_}};
  nsl::v1::Trigger trigger_;
};

TEST_F(HookServiceTest, ASignedMessageStartsARunOfItsFunction) {
  run_of(message("m1", "hello"));
  const auto runs = all_runs();
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].value.run().trigger(), "inbox");
  EXPECT_EQ(runs[0].value.run().function(), "answer");
  EXPECT_TRUE(runs[0].value.is_fetch());
  EXPECT_NE(runs[0].value.run().input().find(R"("body":"hello")"), std::string::npos);
  EXPECT_EQ(host_.jobs().size(), 1U);
}

TEST_F(HookServiceTest, TheSameIdGivesTheSameRunHoweverOftenItComes) {
  const std::string first = run_of(message("m1", "hello"));
  clock_.advance_ms(1000);
  EXPECT_EQ(run_of(message("m1", "hello")), first);
  EXPECT_NE(run_of(message("m2", "hello")), first);
  EXPECT_EQ(all_runs().size(), 2U);
}

TEST_F(HookServiceTest, TheSameIdGivesTheSameRunAfterARestart) {
  const std::string first = run_of(message("m1", "hello"));
  HookService restarted{{.vault = *vault_, .runs = runs_, .clock = clock_}};
  EXPECT_EQ(restarted.receive(call_of(""), message("m1", "hello"))->body(), first);
  EXPECT_EQ(all_runs().size(), 1U);
}

TEST_F(HookServiceTest, TheSameMessageTwiceAtOnceIsOneRun) {
  std::vector<std::string> bodies(8);
  std::vector<std::thread> senders;
  const ReceiveHookRequest same = message("m1", "hello");
  for (std::string& body : bodies) {
    senders.emplace_back([this, &body, &bodies, &same] {
      SeededRandom random(static_cast<std::uint64_t>(&body - bodies.data()) + 1);
      router::Call call{deadline_, {}, "req_test", {}, clock_.wall_time(), random};
      body = service_.receive(call, same)->body();
    });
  }
  for (std::thread& sender : senders) sender.join();
  for (const std::string& body : bodies) EXPECT_EQ(body, bodies.front());
  EXPECT_EQ(all_runs().size(), 1U);
}

TEST_F(HookServiceTest, TellsAStrangerNothing) {
  ReceiveHookRequest forged = message("m1", "hello");
  set_header(forged, "webhook-signature", "v1,bm90IGl0");
  ReceiveHookRequest unknown = message("m1", "hello");
  unknown.set_trigger("trg_nobody");
  ReceiveHookRequest decoy = message("m1", "hello");
  decoy.set_trigger("decoy");
  ReceiveHookRequest changed = message("m1", "hello");
  changed.set_body("hallo");
  put("other");
  ReceiveHookRequest swapped = message("m1", "hello");
  swapped.set_trigger("trg_other");
  ReceiveHookRequest bare;
  bare.set_trigger(trigger_.id());
  std::string text;
  for (const ReceiveHookRequest& request : {forged, unknown, decoy, changed, swapped, bare}) {
    const auto reply = receive(request);
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code(), Code::hook_not_found);
    if (text.empty()) text = reply.error().message();
    EXPECT_EQ(reply.error().message(), text);
  }
  EXPECT_TRUE(all_runs().empty());
}

TEST_F(HookServiceTest, RefusesAMessageOfAnotherTime) {
  const ReceiveHookRequest old = message("m1", "hello");
  clock_.advance_ms(limits::kHookSkewMsMax + 1000);
  EXPECT_EQ(refusal_of(old), Code::hook_not_found);
  EXPECT_TRUE(all_runs().empty());
}

TEST_F(HookServiceTest, TakesTheOldSecretForADay) {
  const std::string old = trigger_.secret();
  const std::string fresh = rotate().secret();
  run_of(signed_with(old, "m1", "hello"));
  run_of(signed_with(fresh, "m2", "hello"));
  clock_.advance_ms(limits::kHookSecretOverlapMs);
  EXPECT_EQ(refusal_of(signed_with(old, "m3", "hello")), Code::hook_not_found);
  run_of(signed_with(fresh, "m4", "hello"));
}

TEST_F(HookServiceTest, TakesATokenOnlyWhereTheTriggerAllowsIt) {
  ReceiveHookRequest plain;
  plain.set_trigger(trigger_.id());
  plain.set_body("hello");
  plain.set_token(std::string(64, 'a'));
  EXPECT_EQ(refusal_of(plain), Code::hook_not_found);
  const auto allowed = put("inbox", [](auto& trigger) {
    trigger.mutable_source()->mutable_webhook()->set_allow_token(true);
  });
  EXPECT_EQ(refusal_of(plain), Code::hook_not_found);
  plain.set_token(allowed.token());
  const std::string first = run_of(plain);
  EXPECT_NE(run_of(plain), first) << "without an id each message is its own";
  set_header(plain, "webhook-id", "m1");
  EXPECT_EQ(run_of(plain), run_of(plain));
}

TEST_F(HookServiceTest, APausedTriggerTakesNothing) {
  put("inbox", [](auto& trigger) { trigger.set_paused(true); });
  EXPECT_EQ(refusal_of(message("m1", "hello")), Code::hook_not_found);
}

TEST_F(HookServiceTest, BoundsTheBody) {
  const auto most = static_cast<std::size_t>(limits::kHookBodyBytesMax);
  run_of(message("m1", std::string(most, 'a')));
  EXPECT_EQ(refusal_of(message("m2", std::string(most + 1, 'a'))), Code::payload_too_large);
}

TEST_F(HookServiceTest, BoundsTheIdOfAMessage) {
  const auto most = static_cast<std::size_t>(limits::kHookIdBytesMax);
  run_of(message(std::string(most, 'a'), ""));
  EXPECT_EQ(refusal_of(message(std::string(most + 1, 'a'), "")), Code::hook_not_found);
}

TEST_F(HookServiceTest, BoundsTheRunsOfATrigger) {
  const std::string first = run_of(message("m0", ""));
  for (std::int64_t i = 1; i < limits::kHookRunsPerMinuteMax; ++i) {
    run_of(message("m" + std::to_string(i), ""));
  }
  EXPECT_EQ(refusal_of(message("one-more", "")), Code::rate_limited);
  EXPECT_EQ(run_of(message("m0", "")), first) << "what has started a run costs nothing";
  clock_.advance_ms(1000);
  run_of(message("one-more", ""));
}

TEST_F(HookServiceTest, KeepsTheRatesOfABoundedNumberOfTriggers) {
  HookRates rates;
  for (std::int64_t i = 0; i <= limits::kHookRatesMax; ++i) {
    rates.take("trg_" + std::to_string(i), MonotonicTime(1));
  }
  EXPECT_EQ(rates.size(), static_cast<std::size_t>(limits::kHookRatesMax));
}

TEST_F(HookServiceTest, WhereTheTriggerWaitsTheSenderGetsTheFunctionsAnswer) {
  put("inbox", [](auto& trigger) { trigger.mutable_source()->mutable_webhook()->set_wait(true); });
  Result<nsl::v1::HookReply> reply = fail(Code::internal);
  std::thread sender([&] { reply = receive(message("m1", "hello")); });
  while (runs_.waiters() == 0) std::this_thread::yield();
  runs::RunRecord record = all_runs().at(0);
  record.value.mutable_run()->set_status(nsl::v1::Run::SUCCEEDED);
  record.value.mutable_run()->set_output(R"({"status":201,"body":"done"})");
  ASSERT_TRUE(runs_.save("acc_alice", record, {}, deadline_).has_value());
  sender.join();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status(), 201U);
  EXPECT_EQ(reply->body(), "done");
}

TEST_F(HookServiceTest, SaysInTheRunThatTheFunctionIsGone) {
  nsl::v1::DeleteFunctionRequest gone;
  gone.set_name("answer");
  ASSERT_TRUE(functions_.remove(alice(), gone).has_value());
  run_of(message("m1", "hello"));
  EXPECT_EQ(all_runs().at(0).value.run().function(), "answer");
}

TEST_F(HookServiceTest, ShowsTheHostNeitherSecretNorToken) {
  const auto allowed = put("inbox", [](auto& trigger) {
    trigger.mutable_source()->mutable_webhook()->set_allow_token(true);
  });
  const std::string everything = host_.everything();
  EXPECT_EQ(everything.find(allowed.token()), std::string::npos);
  EXPECT_EQ(everything.find(trigger_.secret().substr(6)), std::string::npos);
}

}  // namespace
}  // namespace nsl::enclave::hooks
