#include "client/function_test/doubles.h"

#include <gtest/gtest.h>

namespace nsl::client::function_test {
namespace {

neo::JsonValue json(const std::string& text) { return neo::parse_json(text, 1 << 20).value(); }

class DoublesTest : public ::testing::Test {
 protected:
  static Doubles parse(const std::string& text) {
    const neo::JsonValue declared = json(text);
    return Doubles::parse(&declared).value();
  }
  static Answer ask(Doubles& doubles, const std::string& method, const std::string& arguments) {
    runner::v1::HostCall call;
    call.set_method(method);
    call.set_arguments(arguments);
    return doubles.answer(call);
  }
  static Code refusal(const std::string& text) {
    const neo::JsonValue declared = json(text);
    return Doubles::parse(&declared).error().code();
  }
};

TEST_F(DoublesTest, AnswersWhatIsDeclared) {
  Doubles doubles = parse(R"({"secrets":{"k":"v"},"storage":{"n":1},
    "calls":{"blockchain.getBlockHeight":7}})");
  EXPECT_EQ(ask(doubles, "secrets.get", R"({"name":"k"})").value, "\"v\"");
  EXPECT_EQ(ask(doubles, "storage.get", R"({"key":"n"})").value, "1");
  EXPECT_EQ(ask(doubles, "blockchain.getBlockHeight", "{}").value, "7");
  EXPECT_TRUE(doubles.unanswered().empty());
}

TEST_F(DoublesTest, StorageKeepsWhatIsSet) {
  Doubles doubles = parse("{}");
  EXPECT_EQ(ask(doubles, "storage.get", R"({"key":"a"})").value, "null");
  EXPECT_EQ(ask(doubles, "storage.set", R"({"key":"a","value":[1]})").value, "null");
  EXPECT_EQ(ask(doubles, "storage.get", R"({"key":"a"})").value, "[1]");
}

TEST_F(DoublesTest, ChoosesTheFirstCaseThatFits) {
  Doubles doubles = parse(R"({"calls":{"blockchain.call":[
    {"when":{"method":"balanceOf"},"result":"5"},
    {"when":{"method":"pay","args":[1]},"error":"NSL-WALLET-0004"},
    {"when":{}}]}})");
  EXPECT_EQ(ask(doubles, "blockchain.call", R"({"contract":"c","method":"balanceOf"})").value,
            "\"5\"");
  EXPECT_EQ(ask(doubles, "blockchain.call", R"({"method":"pay","args":[1]})").code,
            "NSL-WALLET-0004");
  EXPECT_EQ(ask(doubles, "blockchain.call", R"({"method":"pay","args":[2]})").value, "null");
}

TEST_F(DoublesTest, ServesDeclaredExchanges) {
  Doubles doubles = parse(R"({"http":[
    {"url":"https://a.example/","method":"POST","status":201,"headers":{"x":"1"},"body":{"k":1}},
    {"url":"https://a.example/","body":"plain"}]})");
  EXPECT_EQ(
      ask(doubles, "http.fetch", R"({"url":"https://a.example/","method":"POST"})").value,
      R"({"status":201,"headers":[["x","1"]],"url":"https://a.example/","body":"{\"k\":1}"})");
  EXPECT_EQ(ask(doubles, "http.fetch", R"({"url":"https://a.example/","method":"GET"})").value,
            R"({"status":200,"headers":[],"url":"https://a.example/","body":"plain"})");
  EXPECT_FALSE(
      ask(doubles, "http.fetch", R"({"url":"https://b.example/","method":"GET"})").code.empty());
}

TEST_F(DoublesTest, TimeAndRandomnessAreTheSameEveryTime) {
  Doubles doubles = parse("{}");
  EXPECT_EQ(ask(doubles, "time.now", "{}").value, "1700000000000");
  EXPECT_EQ(ask(doubles, "random.bytes", R"({"count":3})").value, "\"AAEC\"");
}

TEST_F(DoublesTest, NamesWhatNothingAnswers) {
  Doubles doubles = parse(R"({"secrets":{"k":"v"}})");
  EXPECT_EQ(ask(doubles, "secrets.get", R"({"name":"other"})").code, code_text(Code::not_found));
  EXPECT_EQ(ask(doubles, "wallet.invoke", R"({"wallet":"w"})").code, code_text(Code::not_found));
  EXPECT_EQ(ask(doubles, "random.bytes", R"({"count":1025})").code, code_text(Code::not_found));
  ASSERT_EQ(doubles.unanswered().size(), 3U);
  EXPECT_EQ(doubles.unanswered()[1], R"(wallet.invoke {"wallet":"w"})");
}

TEST_F(DoublesTest, RefusesADeclarationThatIsNone) {
  for (const char* text :
       {"[]", "1", R"({"http":{}})", R"({"secrets":[]})", R"({"other":{}})", R"({"calls":1})"}) {
    EXPECT_EQ(refusal(text), Code::cli_usage) << text;
  }
}

TEST(JsonComparison, LooksAtMeaning) {
  EXPECT_TRUE(is_same(json(R"({"a":1,"b":[2.0]})"), json(R"({"b":[2],"a":1})")));
  EXPECT_FALSE(is_same(json(R"({"a":1})"), json(R"({"a":1,"b":2})")));
  EXPECT_FALSE(is_same(json("9007199254740993"), json("9007199254740992")));
  EXPECT_FALSE(is_same(json("1"), json("\"1\"")));
  EXPECT_FALSE(is_same(json("[1]"), json("[1,2]")));
  EXPECT_TRUE(contains(json(R"({"a":{"b":1,"c":2},"d":3})"), json(R"({"a":{"b":1}})")));
  EXPECT_FALSE(contains(json(R"({"a":{"c":2}})"), json(R"({"a":{"b":1}})")));
}

}  // namespace
}  // namespace nsl::client::function_test
