// A fixture: an account with a function and a trigger, a chain that shows what a test tells it to,
// and the intake between them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "enclave/functions/function_service.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/fake_proofs.h"
#include "enclave/testing/service_test.h"
#include "enclave/triggers/block_intake.h"
#include "enclave/triggers/event_intake.h"
#include "enclave/triggers/trigger_service.h"

namespace nsl::enclave::triggers {

inline constexpr const char* kContract = "0x1234567890123456789012345678901234567890";
inline constexpr const char* kOtherContract = "0x00000000000000000000000000000000000000ff";
inline constexpr const char* kTransaction =
    "0x0102030405060708091011121314151617181920212223242526272829303132";

// Takes what subscriptions wait for, and remembers it.
class Receiver final : public EventReceiver {
 public:
  Result<std::optional<std::string>> receive(const Subscriber& subscriber,
                                             const ConfirmedEvent& event,
                                             const Deadline& /*deadline*/) override {
    received.emplace_back(subscriber.name, event.event.id());
    return std::nullopt;
  }
  std::vector<std::pair<std::string, std::string>> received;
};

// A trigger "on-request" that waits from block 101 on.
class IntakeTest : public testing::ServiceTest {
 protected:
  IntakeTest() {
    deploy();
    bind("on-request");
  }

  void deploy() {
    nsl::v1::PutFunctionRequest request;
    request.set_name("answer");
    request.set_runtime(nsl::v1::PutFunctionRequest::javascript);
    request.set_source("export function main() {}");
    ASSERT_TRUE(functions_.put(alice(), request).has_value());
  }
  static nsl::v1::PutTriggerRequest trigger_request(const char* name) {
    nsl::v1::PutTriggerRequest request;
    request.set_name(name);
    request.set_function("answer");
    auto* source = request.mutable_source()->mutable_contract_event();
    source->set_contract(kContract);
    source->set_event("Requested");
    return request;
  }
  void bind(const char* name, const char* filter = "") {
    nsl::v1::PutTriggerRequest request = trigger_request(name);
    request.set_filter(filter);
    ASSERT_TRUE(triggers_.put(alice(), request).has_value());
  }
  static neo::UInt256 transaction() { return neo::UInt256::parse(kTransaction).value(); }
  static chain::Notification notification(const char* contract, const char* event) {
    return {.contract = neo::UInt160::parse(contract).value(),
            .event = event,
            .arguments_json = R"([{"type":"Integer","value":"7"}])"};
  }
  // Another contract's notification first, then the one that is waited for.
  void confirm_at(std::uint32_t block) {
    chain_.halt_in_block(
        transaction(), neo::BlockIndex(block),
        {notification(kOtherContract, "Requested"), notification(kContract, "Requested")});
  }
  static internal::v1::ReportEventRequest event() {
    internal::v1::ReportEventRequest request;
    request.set_block(101);
    request.set_transaction(kTransaction);
    request.set_index(1);
    request.set_contract(kContract);
    request.set_event("Requested");
    return request;
  }
  void expect_nothing_started(const internal::v1::ReportEventRequest& request) {
    const auto started = intake_.report(request, deadline_);
    ASSERT_FALSE(started.has_value());
    EXPECT_EQ(started.error().code(), Code::event_not_confirmed);
    EXPECT_TRUE(runs_.list("acc_alice", deadline_)->empty());
    EXPECT_TRUE(host_.jobs().empty());
  }

  testing::FakeChain chain_;
  testing::FakeProofs proofs_;
  chain_access::ChainAccess access_{chain_, proofs_};
  SubscriptionIndex index_;
  runs::RunBook runs_{*vault_};
  functions::testing::FakeChecker checker_;
  functions::FunctionService functions_{*vault_, runs_, checker_};
  TriggerService triggers_{{.vault = *vault_,
                            .chain = chain_,
                            .access = access_,
                            .proofs = proofs_,
                            .index = index_,
                            .host = host_,
                            .clock = system_clock_}};
  Receiver receiver_;
  EventIntake intake_{{.vault = *vault_,
                       .chain = chain_,
                       .proofs = proofs_,
                       .index = index_,
                       .subscriptions = receiver_,
                       .clock = clock_,
                       .random = random_}};
  BlockIntake blocks_{{.vault = *vault_, .access = access_, .index = index_, .intake = intake_}};
};

}  // namespace nsl::enclave::triggers
