#include "enclave/chain_access/contract_arguments.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "core/neo/script_builder.h"

namespace nsl::enclave::chain_access {
namespace {

Result<neo::StackItem::List> parse(const std::string& json) {
  nsl::v1::CallContractRequest request;
  const auto read =
      google::protobuf::util::JsonStringToMessage(R"({"args":)" + json + "}", &request);
  EXPECT_TRUE(read.ok()) << json;
  return parse_arguments(request.args());
}

std::string nested(int levels) {
  std::string text = R"({"integer":"1"})";
  for (int i = 1; i < levels; ++i) text = R"({"array":{"items":[)" + text + "]}}";
  return "[" + text + "]";
}

TEST(ContractArguments, AreWhatAContractIsGiven) {
  const neo::UInt160 gas =
      neo::UInt160::parse("0xd2a4cff31913016155e38e474a2c06d08be276cf").value();
  const auto items = parse(R"([{"boolean":true},{"integer":"-7"},{"text":"hi"},{"bytes":"AQI="},{},
      {"hash160":"NepwUjd9GhqgNkrfXaxj9mmsFhFzGoFuWM"},
      {"array":{"items":[{"integer":"1"}]}},
      {"map":{"entries":[{"key":{"text":"a"},"value":{"integer":"2"}}]}}])")
                         .value();
  ASSERT_EQ(items.size(), 8U);
  EXPECT_EQ(items[0], neo::StackItem::boolean(true));
  EXPECT_EQ(items[1], neo::StackItem::integer(-7));
  EXPECT_EQ(items[2], neo::StackItem::byte_string("hi"));
  EXPECT_EQ(items[3], neo::StackItem::byte_string(Bytes{1, 2}));
  EXPECT_TRUE(items[4].is_null());
  EXPECT_EQ(items[5], neo::to_argument(gas));
  EXPECT_EQ(items[6], neo::StackItem::array({neo::StackItem::integer(1)}));
  EXPECT_EQ(items[7],
            neo::StackItem::map({{neo::StackItem::byte_string("a"), neo::StackItem::integer(2)}}));
}

TEST(ContractArguments, SayWhichOneIsWrong) {
  EXPECT_TRUE(parse(R"([{},{"integer":"1.5"}])").error().message().starts_with("/args/1: "));
  EXPECT_FALSE(parse(R"([{"hash160":"0x12"}])").has_value());
  EXPECT_FALSE(parse(R"([{"hash256":"0x12"}])").has_value());
  EXPECT_FALSE(parse(R"([{"map":{"entries":[{"key":{"text":"a"},"value":{}},
                                            {"key":{"text":"a"},"value":{}}]}}])")
                   .has_value());
}

TEST(ContractArguments, AreBoundedInDepthAndCount) {
  EXPECT_TRUE(parse(nested(10)).has_value());
  EXPECT_FALSE(parse(nested(11)).has_value());
  std::string many = "{}";
  for (int i = 0; i < 2047; ++i) many += ",{}";
  EXPECT_FALSE(parse(R"([{"array":{"items":[)" + many + "]}}]").has_value());
}

}  // namespace
}  // namespace nsl::enclave::chain_access
