#include "enclave/execution/host_calls.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/crypto/p256.h"
#include "enclave/execution/execution_testing.h"

namespace nsl::enclave::execution {
namespace {

using testing::invoke_arguments;

class HostCallsTest : public testing::ExecutionTest {
 protected:
  Result<std::string> call(std::string_view method, const std::string& arguments) {
    return calls_.host_call(next_index_++, method, arguments);
  }
  Code refusal_of(std::string_view method, const std::string& arguments) {
    const auto reply = call(method, arguments);
    EXPECT_FALSE(reply.has_value()) << *reply;
    return reply.has_value() ? Code::internal : reply.error().code();
  }
  HostCalls calls_for(const RunContext& context) { return {context, parts(), deadline_}; }

  RunContext context_{.account = "acc_alice",
                      .run_id = "run_1",
                      .function_id = function_.id(),
                      .function = content()};
  HostCalls calls_{context_, parts(), deadline_};
  std::uint32_t next_index_ = 0;
};

TEST_F(HostCallsTest, RefusesAnUnknownMethod) {
  EXPECT_EQ(refusal_of("files.read", R"({"path":"/etc/passwd"})"), Code::run_host_call_refused);
}

TEST_F(HostCallsTest, RefusesArgumentsThatAreNoObject) {
  for (const char* bad : {"", "7", "[]", "{", R"({"name":"a"} {})", "null"}) {
    EXPECT_FALSE(call("secrets.get", bad).has_value()) << bad;
  }
}

TEST_F(HostCallsTest, ReadsAnAllowedSecretAndNotesIt) {
  EXPECT_EQ(call("secrets.get", R"({"name":"api-key"})"), R"("sesame-open-now")");
  const auto trace = calls_.take_trace();
  ASSERT_EQ(trace.secrets.size(), 1U);
  EXPECT_EQ(trace.secrets[0].version, 1U);
}

TEST_F(HostCallsTest, RefusesASecretTheFunctionDoesNotName) {
  nsl::v1::PutSecretRequest other;
  other.set_name("other-key");
  other.set_value("value");
  other.add_allowed_functions("answer");
  ASSERT_TRUE(secret_service_.put(alice(), other).has_value());
  EXPECT_EQ(refusal_of("secrets.get", R"({"name":"other-key"})"), Code::secret_not_allowed);
  EXPECT_EQ(refusal_of("secrets.get", R"({"name":"nothing"})"), Code::secret_not_allowed);
}

TEST_F(HostCallsTest, FetchesFromAnAllowedHost) {
  const auto reply = call("http.fetch", R"({"url":"https://api.example.com/price"})");
  ASSERT_TRUE(reply.has_value()) << reply.error().message();
  EXPECT_NE(reply->find(R"("status":200)"), std::string::npos) << *reply;
  EXPECT_NE(reply->find(R"("body":"hello")"), std::string::npos) << *reply;
  EXPECT_TRUE(call("http.fetch", R"({"url":"https://other.example.com:8443/"})").has_value());
}

TEST_F(HostCallsTest, RefusesAHostOutsideTheFunctionsList) {
  for (const char* url : {"https://evil.example.com/", "https://api.example.com:8443/",
                          "https://other.example.com/", "https://api.example.com.evil.net/"}) {
    EXPECT_EQ(refusal_of("http.fetch", std::string(R"({"url":")") + url + R"("})"),
              Code::host_not_allowed)
        << url;
  }
  EXPECT_TRUE(http_.requests.empty());
}

TEST_F(HostCallsTest, NotesAnExchangeForTheReceipt) {
  ASSERT_TRUE(call("http.fetch", R"({"url":"https://api.example.com/price?a=1"})").has_value());
  const auto trace = calls_.take_trace();
  ASSERT_EQ(trace.http.size(), 1U);
  EXPECT_EQ(trace.http[0].host, "api.example.com");
  EXPECT_EQ(trace.http[0].status, 200U);
  EXPECT_EQ(trace.http[0].reply_hash, crypto::sha256(as_bytes("hello")));
  EXPECT_EQ(trace.http[0].certificate_hash[0], 7);
}

TEST_F(HostCallsTest, MarksAHeaderThatCarriesAReadSecret) {
  const std::string arguments = R"({"url":"https://api.example.com/",)"
                                R"("headers":[["X-Key","key=sesame-open-now"],["Accept","*/*"]]})";
  ASSERT_TRUE(call("http.fetch", arguments).has_value());
  // Until the run has read the secret, the text is just a text.
  EXPECT_EQ(http_.requests[0].headers[0].kind, outcall::HeaderKind::plain);
  ASSERT_TRUE(call("secrets.get", R"({"name":"api-key"})").has_value());
  ASSERT_TRUE(call("http.fetch", arguments).has_value());
  EXPECT_EQ(http_.requests[1].headers[0].kind, outcall::HeaderKind::secret);
  EXPECT_EQ(http_.requests[1].headers[1].kind, outcall::HeaderKind::plain);
}

TEST_F(HostCallsTest, GivesABodyThatIsNoTextAsBase64) {
  http_.reply.body = "\xff\xfe";
  const auto reply = call("http.fetch", R"({"url":"https://api.example.com/"})");
  EXPECT_NE(reply->find(R"("body_base64":"//4=")"), std::string::npos) << *reply;
}

TEST_F(HostCallsTest, BoundsTheHttpCallsOfARun) {
  const std::string arguments = R"({"url":"https://api.example.com/"})";
  for (int i = 0; i < limits::kRunHttpCallsMax; ++i) {
    ASSERT_TRUE(call("http.fetch", arguments).has_value());
  }
  EXPECT_EQ(refusal_of("http.fetch", arguments), Code::run_host_calls_exceeded);
  EXPECT_EQ(http_.requests.size(), static_cast<std::size_t>(limits::kRunHttpCallsMax));
}

TEST_F(HostCallsTest, BoundsTheTransactionsOfARun) {
  for (int i = 0; i < limits::kRunEffectsMax; ++i) {
    ASSERT_TRUE(call("wallet.invoke", invoke_arguments(i)).has_value());
  }
  EXPECT_EQ(refusal_of("wallet.invoke", invoke_arguments(0)), Code::run_host_calls_exceeded);
  EXPECT_EQ(chain_.sent.size(), static_cast<std::size_t>(limits::kRunEffectsMax));
}

TEST_F(HostCallsTest, BoundsTheHostCallsOfARun) {
  for (int i = 0; i < limits::kRunHostCallsMax; ++i) {
    ASSERT_TRUE(call("time.now", "{}").has_value());
  }
  EXPECT_EQ(refusal_of("time.now", "{}"), Code::run_host_calls_exceeded);
}

TEST_F(HostCallsTest, SendsATransactionWithinTheGrant) {
  const auto reply = call("wallet.invoke", invoke_arguments(7));
  ASSERT_TRUE(reply.has_value()) << reply.error().message();
  const auto trace = calls_.take_trace();
  ASSERT_EQ(trace.intents.size(), 1U);
  EXPECT_NE(reply->find(trace.intents[0].hash()), std::string::npos);
  EXPECT_EQ(trace.effects, std::vector<std::uint32_t>{0});
  EXPECT_EQ(chain_.sent.size(), 1U);
}

TEST_F(HostCallsTest, FollowsAnEffectWhoseSendingFailed) {
  chain_.send_failure = Code::node_unavailable;
  EXPECT_EQ(refusal_of("wallet.invoke", invoke_arguments(7)), Code::node_unavailable);
  EXPECT_EQ(calls_.take_trace().effects, std::vector<std::uint32_t>{0});
}

TEST_F(HostCallsTest, NotesAnEffectConflict) {
  ASSERT_TRUE(calls_.host_call(0, "wallet.invoke", invoke_arguments(7)).has_value());
  HostCalls repeated = calls_for(context_);
  EXPECT_EQ(repeated.host_call(0, "wallet.invoke", invoke_arguments(8)).error().code(),
            Code::run_effect_conflict);
  EXPECT_TRUE(repeated.take_trace().has_effect_conflict);
  EXPECT_EQ(chain_.sent.size(), 1U);
}

TEST_F(HostCallsTest, SignsWithAWalletWhoseGrantAllowsIt) {
  const auto reply = call("wallet.sign", R"({"wallet":"hot","data":"aGVsbG8=","encoding":"raw"})");
  ASSERT_TRUE(reply.has_value()) << reply.error().message();
  EXPECT_NE(reply->find(codec::encode_base64(as_bytes(wallet_.public_key()))), std::string::npos);
}

TEST_F(HostCallsTest, SignsNothingWithoutTheGrantsConsent) {
  put_grant(false);
  EXPECT_EQ(refusal_of("wallet.sign", R"({"wallet":"hot","data":"aGVsbG8="})"),
            Code::wallet_not_granted);
}

TEST_F(HostCallsTest, SignsNothingThatCouldBeATransaction) {
  const std::string data = codec::encode_base64(Bytes(36, 1));
  EXPECT_EQ(refusal_of("wallet.sign", R"({"wallet":"hot","data":")" + data + R"("})"),
            Code::invalid_argument);
}

TEST_F(HostCallsTest, KeepsValuesOfTwoFunctionsApart) {
  ASSERT_TRUE(call("storage.set", R"({"key":"k","value":{"a":[1,null]}})").has_value());
  EXPECT_EQ(call("storage.get", R"({"key":"k"})"), R"({"a":[1,null]})");
  EXPECT_EQ(call("storage.get", R"({"key":"other"})"), "null");
  RunContext other = context_;
  other.function_id = "fn_other";
  HostCalls others = calls_for(other);
  EXPECT_EQ(others.host_call(0, "storage.get", R"({"key":"k"})"), "null");
}

TEST_F(HostCallsTest, RefusesAStorageKeyOutOfBounds) {
  EXPECT_EQ(refusal_of("storage.get", R"({"key":""})"), Code::invalid_argument);
  const std::string longest(128, 'k');
  EXPECT_TRUE(call("storage.set", R"({"key":")" + longest + R"(","value":1})").has_value());
  EXPECT_EQ(call("storage.get", R"({"key":")" + longest + R"("})"), "1");
  const std::string huge(129, 'k');
  EXPECT_EQ(refusal_of("storage.set", R"({"key":")" + huge + R"(","value":1})"),
            Code::invalid_argument);
}

TEST_F(HostCallsTest, NotesTheHeightOfAChainRead) {
  EXPECT_EQ(call("blockchain.getBlockHeight", "{}"), "100");
  const auto trace = calls_.take_trace();
  ASSERT_EQ(trace.chain.size(), 1U);
  EXPECT_EQ(trace.chain[0].height, 100U);
  EXPECT_EQ(trace.chain[0].proof, "quorum(1/1)");
}

TEST_F(HostCallsTest, ReadsABlockAndNotesThatItIsProven) {
  neo::Block block;
  block.header.index = neo::BlockIndex(7);
  const std::string hash = neo::hash_of(block.header).to_text();
  proofs_.blocks[7] = block;
  for (const char* index : {"7", R"("7")"}) {
    const auto reply = call("blockchain.getBlock", std::string(R"({"block":)") + index + "}");
    ASSERT_TRUE(reply.has_value()) << reply.error().message();
    EXPECT_NE(reply->find(hash), std::string::npos) << *reply;
    EXPECT_NE(reply->find(R"("kind":"INCLUSION")"), std::string::npos) << *reply;
  }
  const auto trace = calls_.take_trace();
  ASSERT_EQ(trace.chain.size(), 2U);
  EXPECT_EQ(trace.chain[0].height, 7U);
  EXPECT_EQ(trace.chain[0].proof, "inclusion");
}

TEST_F(HostCallsTest, ReadsATransactionAndWhatItDid) {
  neo::Transaction transaction;
  transaction.script = {0x40};
  transaction.signers.emplace_back();
  const neo::UInt256 hash = neo::hash_of(transaction);
  const std::string arguments = R"({"hash":")" + hash.to_text() + R"("})";
  EXPECT_EQ(refusal_of("blockchain.getTransaction", arguments), Code::not_found);
  EXPECT_EQ(refusal_of("blockchain.getApplicationLog", arguments), Code::not_found);
  proofs_.blocks[7].transactions = {transaction};
  chain_.halt_in_block(hash, neo::BlockIndex(7));
  chain_.replies.emplace("getapplicationlog",
                         R"({"txid":")" + hash.to_text() +
                             R"(","executions":[{"trigger":"Application","vmstate":"HALT",)"
                             R"("gasconsumed":"100","stack":[]}]})");
  const auto found = call("blockchain.getTransaction", arguments);
  EXPECT_NE(found.value().find(R"("script":"QA==")"), std::string::npos) << *found;
  const auto log = call("blockchain.getApplicationLog", arguments);
  EXPECT_NE(log.value().find(R"("gas_consumed":"0.000001")"), std::string::npos) << *log;
  const auto trace = calls_.take_trace();
  ASSERT_EQ(trace.chain.size(), 2U);
  EXPECT_EQ(trace.chain[0].proof, "inclusion");
  EXPECT_EQ(trace.chain[1].proof, "quorum(1/1)");
}

TEST_F(HostCallsTest, ReadsABalanceAndNotesWhetherItIsProven) {
  constexpr const char* kArguments =
      R"({"address":"0x00000000000000000000000000000000000000ff","asset":"GAS"})";
  chain_.answers = {{"balanceOf", {neo::StackItem::integer(150'000'000)}}};
  const auto told = call("blockchain.getBalance", kArguments);
  EXPECT_TRUE(told.value().starts_with(
      R"({"asset":"0xd2a4cff31913016155e38e474a2c06d08be276cf","symbol":"GAS",)"
      R"("amount":"1.5","decimals":8,"block":100,"proof":{"kind":"QUORUM")"))
      << *told;
  proofs_.proves_absence = true;
  const auto proven = call("blockchain.getBalance", kArguments);
  EXPECT_NE(proven.value().find(R"("amount":"0","decimals":8,"block":100,)"
                                R"("proof":{"kind":"STORAGE")"),
            std::string::npos)
      << *proven;
  const auto trace = calls_.take_trace();
  ASSERT_EQ(trace.chain.size(), 2U);
  EXPECT_EQ(trace.chain[0].proof, "quorum(1/1)");
  EXPECT_EQ(trace.chain[1].proof, "storage");
  EXPECT_EQ(refusal_of("blockchain.getBalance", R"({"address":"nobody","asset":"GAS"})"),
            Code::invalid_address);
}

TEST_F(HostCallsTest, RefusesToReadWhatIsNoNameOfABlock) {
  for (const char* bad : {"{}", R"({"block":-1})", R"({"block":1.5})", R"({"block":{}})",
                          R"({"block":"newest"})", R"({"block":[1]})"}) {
    EXPECT_EQ(refusal_of("blockchain.getBlock", bad), Code::invalid_hash) << bad;
  }
  EXPECT_EQ(refusal_of("blockchain.getTransaction", R"({"hash":"0x12"})"), Code::invalid_hash);
}

TEST_F(HostCallsTest, BoundsRandomBytes) {
  EXPECT_TRUE(call("random.bytes", R"({"count":4096})").has_value());
  EXPECT_EQ(refusal_of("random.bytes", R"({"count":4097})"), Code::invalid_argument);
  EXPECT_FALSE(call("random.bytes", R"({"count":-1})").has_value());
}

TEST_F(HostCallsTest, HashesEveryCallForTheReceipt) {
  ASSERT_TRUE(call("time.now", "{}").has_value());
  ASSERT_FALSE(call("secrets.get", R"({"name":"nothing"})").has_value());
  const auto trace = calls_.take_trace();
  ASSERT_EQ(trace.host_calls.size(), 2U);
  EXPECT_EQ(trace.host_calls[0].method, "time.now");
  EXPECT_EQ(trace.host_calls[0].reply_hash, crypto::sha256(as_bytes("1700000000000")));
  EXPECT_EQ(trace.host_calls[1].reply_hash,
            crypto::sha256(as_bytes(code_text(Code::secret_not_allowed))));
}

TEST_F(HostCallsTest, ASleepMovesTheClockOfTheRun) {
  RunContext context = context_;
  context.pause = [this](std::int64_t ms) { clock_.advance_ms(ms); };
  HostCalls calls = calls_for(context);
  const std::int64_t before = calls.time().value();
  EXPECT_EQ(calls.host_call(0, "time.sleep", R"({"ms":250})"), "null");
  EXPECT_EQ(calls.time().value(), before + 250);
  EXPECT_EQ(calls.host_call(1, "time.sleep", R"({"ms":0})"), "null");
}

TEST_F(HostCallsTest, ASleepEndsWhenTheRunIsCancelled) {
  RunContext context = context_;
  bool is_cancelled = false;
  context.is_cancelled = [&] { return is_cancelled; };
  context.pause = [&](std::int64_t) { is_cancelled = true; };
  HostCalls calls = calls_for(context);
  EXPECT_EQ(calls.host_call(0, "time.sleep", R"({"ms":60000})").error().code(),
            Code::run_cancelled);
}

TEST_F(HostCallsTest, RefusesASleepLongerThanARun) {
  EXPECT_EQ(refusal_of("time.sleep", R"({"ms":)" + std::to_string(limits::kRunWallMsMax + 1) + "}"),
            Code::invalid_argument);
  EXPECT_EQ(refusal_of("time.sleep", R"({"ms":-1})"), Code::invalid_argument);
}

TEST_F(HostCallsTest, BoundsTheLinesOfTheLog) {
  for (int i = 0; i < limits::kFunctionLogLinesMax + 5; ++i) {
    calls_.log_line(runner::v1::LogLine::INFO, "x");
  }
  const auto logs = calls_.take_trace().logs;
  EXPECT_EQ(logs.lines_size(), limits::kFunctionLogLinesMax);
  EXPECT_EQ(logs.dropped(), 5U);
}

TEST_F(HostCallsTest, BoundsTheBytesOfTheLog) {
  const std::string half(static_cast<std::size_t>(limits::kFunctionLogBytesMax) / 2, 'x');
  for (int i = 0; i < 3; ++i) calls_.log_line(runner::v1::LogLine::ERROR, half);
  const auto logs = calls_.take_trace().logs;
  EXPECT_EQ(logs.lines_size(), 2);
  EXPECT_EQ(logs.lines(0).level(), "error");
  EXPECT_EQ(logs.dropped(), 1U);
}

}  // namespace
}  // namespace nsl::enclave::execution
