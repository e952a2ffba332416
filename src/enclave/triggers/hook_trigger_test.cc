#include "enclave/triggers/hook_trigger.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/base/limits.h"
#include "core/crypto/hash.h"
#include "enclave/functions/function_service.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/fake_proofs.h"
#include "enclave/testing/service_test.h"
#include "enclave/triggers/trigger_service.h"

namespace nsl::enclave::triggers {
namespace {

class NoWatcher final : public wire::Transport {
 public:
  Result<std::string> call(std::string_view, std::string_view, std::string,
                           const Deadline&) override {
    ADD_FAILURE() << "a webhook is none of the watcher's business";
    return fail(Code::unavailable);
  }
};

class HookTriggerTest : public testing::ServiceTest {
 protected:
  using Change = std::function<void(nsl::v1::PutTriggerRequest&)>;

  HookTriggerTest() {
    nsl::v1::PutFunctionRequest function;
    function.set_name("answer");
    function.set_runtime(nsl::v1::PutFunctionRequest::javascript);
    function.set_source("export function main() {}");
    EXPECT_TRUE(functions_.put(alice(), function).has_value());
  }
  Result<nsl::v1::Trigger> put(const Change& change = {}) {
    nsl::v1::PutTriggerRequest request;
    request.set_name("inbox");
    request.set_function("answer");
    request.mutable_source()->mutable_webhook();
    if (change) change(request);
    return service_.put(alice(), request);
  }
  Code refusal_of(const Change& change) {
    const auto trigger = put(change);
    return trigger.has_value() ? Code::internal : trigger.error().code();
  }
  template <class Request>
  static Request named() {
    Request request;
    request.set_name("inbox");
    return request;
  }
  nsl::v1::Trigger get() {
    return service_.get(alice(), named<nsl::v1::GetTriggerRequest>()).value();
  }
  stored::TriggerRecord record() {
    return records::find_record<stored::TriggerRecord>(
               *vault_, {records::kind::kTrigger, "acc_alice", "inbox"}, deadline_)
        .value()
        ->value;
  }
  bool has_secret(const std::string& id, std::uint32_t version) {
    return vault_->find_secret(hook_secret_key("acc_alice", id, version), deadline_)->has_value();
  }

  runs::RunBook runs_{*vault_};
  functions::testing::FakeChecker checker_;
  functions::FunctionService functions_{*vault_, runs_, checker_};
  testing::FakeChain chain_;
  testing::FakeProofs proofs_;
  chain_access::ChainAccess access_{chain_, proofs_};
  SubscriptionIndex index_;
  NoWatcher watcher_;
  TriggerService service_{{.vault = *vault_,
                           .chain = chain_,
                           .access = access_,
                           .proofs = proofs_,
                           .index = index_,
                           .host = watcher_,
                           .clock = clock_}};
};

TEST_F(HookTriggerTest, ShowsItsSecretOnceAndKeepsItWhenItIsSetAgain) {
  const auto made = put();
  ASSERT_TRUE(made.has_value()) << made.error().message();
  EXPECT_TRUE(made->secret().starts_with("whsec_"));
  EXPECT_EQ(made->hook_path(), "/v1/hooks/" + made->id());
  EXPECT_EQ(get().secret(), "");
  EXPECT_EQ(get().hook_path(), made->hook_path());
  const auto again =
      put([](auto& request) { request.mutable_source()->mutable_webhook()->set_wait(true); });
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ(again->secret(), "");
  EXPECT_EQ(again->id(), made->id());
  EXPECT_EQ(record().secret_version(), 1U);
  EXPECT_EQ(record().trigger().secret(), "");
}

TEST_F(HookTriggerTest, HasATokenOnlyWhereItIsAllowed) {
  EXPECT_EQ(put()->token(), "");
  EXPECT_EQ(record().token_hash(), "");
  const auto allow = [](auto& request) {
    request.mutable_source()->mutable_webhook()->set_allow_token(true);
  };
  const auto made = put(allow);
  ASSERT_EQ(made->token().size(), 64U);
  EXPECT_EQ(record().trigger().token(), "");
  EXPECT_EQ(record().token_hash(), as_text(crypto::sha256(as_bytes(made->token()))));
  EXPECT_EQ(put(allow)->token(), "");
  put();
  EXPECT_EQ(record().token_hash(), "");
}

TEST_F(HookTriggerTest, RotatesSecretAndTokenAndKeepsTheSecretBefore) {
  const auto allow = [](auto& request) {
    request.mutable_source()->mutable_webhook()->set_allow_token(true);
  };
  const auto made = put(allow);
  const auto first = service_.rotate(alice(), named<nsl::v1::RotateTriggerRequest>());
  ASSERT_TRUE(first.has_value()) << first.error().message();
  EXPECT_NE(first->secret(), made->secret());
  EXPECT_NE(first->token(), made->token());
  EXPECT_EQ(record().old_secret_until_ms(),
            clock_.wall_time().value() + limits::kHookSecretOverlapMs);
  EXPECT_TRUE(has_secret(made->id(), 1));
  ASSERT_TRUE(service_.rotate(alice(), named<nsl::v1::RotateTriggerRequest>()).has_value());
  EXPECT_FALSE(has_secret(made->id(), 1));
  EXPECT_TRUE(has_secret(made->id(), 2));
  EXPECT_TRUE(has_secret(made->id(), 3));
}

TEST_F(HookTriggerTest, LeavesNothingBehindWhenItIsDeleted) {
  const auto made = put();
  ASSERT_TRUE(service_.rotate(alice(), named<nsl::v1::RotateTriggerRequest>()).has_value());
  ASSERT_TRUE(service_.remove(alice(), named<nsl::v1::DeleteTriggerRequest>()).has_value());
  EXPECT_FALSE(has_secret(made->id(), 1));
  EXPECT_FALSE(has_secret(made->id(), 2));
  EXPECT_FALSE(records::find_record<stored::HookRecord>(*vault_, hook_key(made->id()), deadline_)
                   ->has_value());
}

TEST_F(HookTriggerTest, PausesAndGoesOn) {
  put();
  EXPECT_TRUE(service_.pause(alice(), named<nsl::v1::PauseTriggerRequest>())->paused());
  EXPECT_TRUE(get().paused());
  EXPECT_FALSE(service_.resume(alice(), named<nsl::v1::ResumeTriggerRequest>())->paused());
}

TEST_F(HookTriggerTest, BoundsTheHeadersTheFunctionSees) {
  const auto headers = [](std::int64_t count) {
    return [count](nsl::v1::PutTriggerRequest& request) {
      for (std::int64_t i = 0; i < count; ++i) {
        request.mutable_source()->mutable_webhook()->add_headers("X-Kind-" + std::to_string(i));
      }
    };
  };
  EXPECT_EQ(refusal_of(headers(limits::kHookHeadersMax + 1)), Code::trigger_invalid);
  const auto made = put(headers(limits::kHookHeadersMax));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->source().webhook().headers(0), "x-kind-0");
}

TEST_F(HookTriggerTest, RefusesHeadersNoFunctionSees) {
  for (const char* name : {"Authorization", "cookie", "webhook-signature", "", "a b", "a:b"}) {
    EXPECT_EQ(refusal_of([name](auto& request) {
                request.mutable_source()->mutable_webhook()->add_headers(name);
              }),
              Code::trigger_invalid)
        << name;
  }
}

TEST_F(HookTriggerTest, HasNeitherFilterNorPastEvents) {
  EXPECT_EQ(refusal_of([](auto& request) { request.set_filter("true"); }), Code::trigger_invalid);
  put();
  EXPECT_EQ(service_.backfill(alice(), named<nsl::v1::BackfillTriggerRequest>()).error().code(),
            Code::trigger_invalid);
  EXPECT_EQ(service_.preview(alice(), named<nsl::v1::PreviewTriggerRequest>()).error().code(),
            Code::trigger_invalid);
}

TEST_F(HookTriggerTest, StaysAWebhook) {
  put();
  EXPECT_EQ(refusal_of([](auto& request) { request.mutable_source()->mutable_block(); }),
            Code::trigger_invalid);
}

TEST_F(HookTriggerTest, AnotherAccountCannotRotateIt) {
  put();
  EXPECT_EQ(service_.rotate(bob(), named<nsl::v1::RotateTriggerRequest>()).error().code(),
            Code::trigger_not_found);
}

}  // namespace
}  // namespace nsl::enclave::triggers
