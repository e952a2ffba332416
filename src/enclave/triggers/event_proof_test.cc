// Events of a request hub: what starts a function is proven by the hub's storage, whatever the
// nodes tell.
#include <gtest/gtest.h>

#include "core/codec/base64.h"
#include "core/neo/stack_item.h"
#include "enclave/triggers/intake_testing.h"
#include "enclave/triggers/request_hub.h"

namespace nsl::enclave::triggers {
namespace {

using neo::StackItem;

constexpr const char* kHub = kContract;
constexpr std::uint32_t kBlock = 101;

neo::UInt160 hub() { return neo::UInt160::parse(kHub).value(); }

neo::UInt256 hash_of(std::uint8_t number) {
  neo::UInt256::Array bytes{};
  bytes[0] = number;
  return neo::UInt256(bytes);
}

std::string bytes_json(ByteView bytes) {
  return R"({"type":"ByteString","value":")" + codec::encode_base64(bytes) + R"("})";
}

class EventIntakeProof : public IntakeTest {
 protected:
  EventIntakeProof() {
    EXPECT_TRUE(bind("on-request", nsl::v1::ContractEventSource::request_hub).has_value());
    announce(1, 7, "answer");
    keep(7, "answer");
  }

  Result<nsl::v1::Trigger> bind(const char* name, nsl::v1::ContractEventSource::Evidence evidence,
                                const char* event = "Requested", const char* filter = "") {
    nsl::v1::PutTriggerRequest request;
    request.set_name(name);
    request.set_function("answer");
    request.set_filter(filter);
    auto* source = request.mutable_source()->mutable_contract_event();
    source->set_contract(kHub);
    source->set_event(event);
    source->set_evidence(evidence);
    return triggers_.put(alice(), request);
  }
  // Nodes tell that the transaction announced the request.
  void announce(std::uint8_t transaction_number, std::int64_t id, const char* function) {
    const std::string items = R"([{"type":"Integer","value":")" + std::to_string(id) + R"("},)" +
                              bytes_json(caller_) + "," + bytes_json(as_bytes(function)) + "," +
                              bytes_json(crypto::sha256(as_bytes("{}"))) + "]";
    chain_.halt_in_block(hash_of(transaction_number), neo::BlockIndex(kBlock),
                         {{.contract = hub(), .event = "Requested", .arguments_json = items}});
    proofs_.included.insert({hash_of(transaction_number), kBlock});
  }
  // The hub keeps the request.
  void keep(std::int64_t id, const char* function) {
    const StackItem item = StackItem::structure({StackItem::byte_string(caller_),
                                                 StackItem::byte_string(std::string_view(function)),
                                                 StackItem::byte_string(std::string_view("{}"))});
    Request request;
    request.id = id;
    proofs_.stored[{hub(), storage_key(request)}] = neo::serialize(item).value();
  }
  Result<std::vector<std::string>> report(std::uint8_t transaction_number) {
    internal::v1::ReportEventRequest request;
    request.set_block(kBlock);
    request.set_transaction(hash_of(transaction_number).to_text());
    request.set_contract(kHub);
    request.set_event("Requested");
    return intake_.report(request, deadline_);
  }
  nsl::v1::Trigger trigger(const char* name = "on-request") {
    nsl::v1::GetTriggerRequest request;
    request.set_name(name);
    return triggers_.get(alice(), request).value();
  }
  std::size_t run_count() { return runs_.list("acc_alice", deadline_)->size(); }
  void expect_refused(const Result<std::vector<std::string>>& started) {
    ASSERT_FALSE(started.has_value());
    EXPECT_EQ(started.error().code(), Code::event_not_proven);
    EXPECT_EQ(run_count(), 0U);
    EXPECT_TRUE(host_.jobs().empty());
  }

  const Bytes caller_ = Bytes(20, 0xAB);
};

TEST_F(EventIntakeProof, SaysThatTheStorageProvesTheEvent) {
  const auto started = report(1);
  ASSERT_TRUE(started.has_value()) << started.error().message();
  const auto run = runs_.get("acc_alice", started->front(), deadline_)->value.run();
  EXPECT_EQ(run.event().proof(), "storage");
  EXPECT_FALSE(trigger().has_refused_event());
}

TEST_F(EventIntakeProof, SaysTheNodesWordWhereNothingElseIsAskedFor) {
  ASSERT_TRUE(bind("plain", nsl::v1::ContractEventSource::none).has_value());
  const auto started = report(1);
  ASSERT_EQ(started->size(), 2U);
  std::multiset<std::string> proofs;
  for (const std::string& id : *started) {
    proofs.insert(runs_.get("acc_alice", id, deadline_)->value.run().event().proof());
  }
  EXPECT_EQ(proofs, (std::multiset<std::string>{"quorum(1/1)", "storage"}));
  EXPECT_EQ(proofs_.storage_proofs, 1);
}

TEST_F(EventIntakeProof, StartsNothingForAnEventItsContractDoesNotKeep) {
  announce(2, 8, "answer");
  expect_refused(report(2));
  const nsl::v1::RefusedEvent refused = trigger().refused_event();
  EXPECT_EQ(refused.event(), hash_of(2).to_text() + "/Application/0");
  EXPECT_EQ(refused.code(), "NSL-TRIGGER-0004");
  EXPECT_FALSE(refused.reason().empty());
  EXPECT_FALSE(refused.at().empty());
}

TEST_F(EventIntakeProof, StartsNothingForAnEventWithOtherWordsThanItsContractKeeps) {
  announce(1, 7, "other-function");
  expect_refused(report(1));
  EXPECT_NE(trigger().refused_event().reason().find("not the one"), std::string::npos);
}

TEST_F(EventIntakeProof, StartsNothingForATransactionTheBlockDoesNotHold) {
  proofs_.included.clear();
  expect_refused(report(1));
}

TEST_F(EventIntakeProof, StartsTheFunctionOnceTheProofIsThere) {
  proofs_.failure = Code::node_behind;
  expect_refused(report(1));
  EXPECT_TRUE(trigger().has_refused_event());
  proofs_.failure.reset();
  EXPECT_EQ(report(1)->size(), 1U);
  EXPECT_FALSE(trigger().has_refused_event());
}

TEST_F(EventIntakeProof, SaysWithoutANoteThatNoNodeIsThere) {
  proofs_.failure = Code::node_unavailable;
  EXPECT_EQ(report(1).error().code(), Code::node_unavailable);
  EXPECT_FALSE(trigger().has_refused_event());
}

TEST_F(EventIntakeProof, NotesTheSameRefusalOnce) {
  proofs_.failure = Code::node_behind;
  expect_refused(report(1));
  const std::string at = trigger().refused_event().at();
  clock_.advance_ms(1000);
  expect_refused(report(1));
  EXPECT_EQ(trigger().refused_event().at(), at);
}

// A lying node shows one request as the event of many transactions.
TEST_F(EventIntakeProof, StartsOneRunForOneRequestWhateverTransactionAnnouncesIt) {
  const auto first = report(1);
  announce(2, 7, "answer");
  EXPECT_EQ(report(2)->front(), first->front());
  EXPECT_EQ(run_count(), 1U);
  EXPECT_EQ(host_.jobs().size(), 1U);
}

TEST_F(EventIntakeProof, ProvesNothingForEventsTheFilterLeavesOut) {
  ASSERT_TRUE(
      bind("on-request", nsl::v1::ContractEventSource::request_hub, "Requested", "args[0] > 100")
          .has_value());
  EXPECT_TRUE(report(1)->empty());
  EXPECT_EQ(proofs_.storage_proofs, 0);
}

TEST_F(EventIntakeProof, ForgetsTheRefusalWithTheTrigger) {
  proofs_.failure = Code::node_behind;
  expect_refused(report(1));
  nsl::v1::DeleteTriggerRequest request;
  request.set_name("on-request");
  ASSERT_TRUE(triggers_.remove(alice(), request).has_value());
  ASSERT_TRUE(bind("on-request", nsl::v1::ContractEventSource::request_hub).has_value());
  EXPECT_FALSE(trigger().has_refused_event());
}

TEST_F(EventIntakeProof, ATriggerAsksOnlyForProofsThereAre) {
  using Source = nsl::v1::ContractEventSource;
  EXPECT_EQ(bind("other", Source::request_hub, "Fulfilled").error().code(), Code::trigger_invalid);
  const auto unknown = static_cast<Source::Evidence>(99);
  EXPECT_EQ(bind("other", unknown).error().code(), Code::trigger_invalid);
  proofs_.proves_storage = false;
  EXPECT_EQ(bind("other", Source::request_hub).error().code(), Code::storage_not_provable);
  EXPECT_TRUE(bind("other", Source::none).has_value());
}

}  // namespace
}  // namespace nsl::enclave::triggers
