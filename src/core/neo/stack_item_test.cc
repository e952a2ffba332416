#include "core/neo/stack_item.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/neo/stack_item_json.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

StackItem nested(int levels) {
  StackItem item = StackItem::integer(1);
  for (int level = 1; level < levels; ++level) item = StackItem::array({std::move(item)});
  return item;
}

// A pseudo-random item whose shape depends on the seed alone.
StackItem random_item(SeededRandom& random, int levels) {
  const int kind = random.bytes<1>()[0] % (levels > 1 ? 8 : 5);
  Bytes bytes(random.bytes<1>()[0] % 33U);
  random.fill(bytes);
  StackItem::List items;
  if (kind >= 5) {
    const int count = random.bytes<1>()[0] % 4;
    for (int i = 0; i < count; ++i) items.push_back(random_item(random, levels - 1));
  }
  switch (kind) {
    case 0:
      return {};
    case 1:
      return StackItem::boolean(bytes.size() % 2 == 0);
    case 2:
      return StackItem::integer(Integer::parse_little_endian(bytes).value());
    case 3:
      return StackItem::byte_string(std::move(bytes));
    case 4:
      return StackItem::buffer(std::move(bytes));
    case 5:
      return StackItem::array(std::move(items));
    case 6:
      return StackItem::structure(std::move(items));
    default:
      break;
  }
  StackItem::Entries entries;
  std::int64_t key = 0;
  for (StackItem& item : items) entries.emplace_back(StackItem::integer(key++), std::move(item));
  return StackItem::map(std::move(entries));
}

TEST(StackItem, HasTheBytesOfStdLibSerialize) {
  // neo-go pkg/vm/stackitem/serialization_test.go and neo-project/neo UT_BinarySerializer.
  const std::pair<StackItem, std::string_view> rows[] = {
      {StackItem(), "00"},
      {StackItem::boolean(true), "2001"},
      {StackItem::integer(0), "2100"},
      {StackItem::integer(1), "210101"},
      {StackItem::integer(-1), "2101ff"},
      {StackItem::byte_string("test"), "280474657374"},
      {StackItem::buffer({1, 2}), "30020102"},
      {StackItem::array({StackItem::integer(1), StackItem()}), "400221010100"},
      {StackItem::structure({}), "4100"},
      {StackItem::map({{StackItem::boolean(false), StackItem::integer(2)}}), "48012000210102"}};
  for (const auto& [item, hex] : rows) {
    EXPECT_EQ(codec::encode_hex(serialize(item).value()), hex);
    EXPECT_EQ(parse_stack_item(from_hex(hex)).value(), item);
  }
}

TEST(StackItem, ReadsTheRequestOfTheRequestHub) {
  // What contracts/requesthub stores: a struct of caller, function and arguments.
  const StackItem item =
      parse_stack_item(from_hex("41032814d8cc5a904d526fc9a6cab55ba02c9a6fe789c956"
                                "28056d792d666e280401020304"))
          .value();
  const StackItem::List& fields = item.items().value();
  ASSERT_EQ(fields.size(), 3U);
  EXPECT_EQ(fields[1].to_text().value(), "my-fn");
  EXPECT_EQ(fields[2].to_bytes().value(), (Bytes{1, 2, 3, 4}));
}

TEST(StackItem, RandomItemsRoundTripBothWays) {
  SeededRandom random(7);
  for (int round = 0; round < 1000; ++round) {
    const StackItem item = random_item(random, 5);
    const Bytes bytes = serialize(item).value();
    const StackItem read = parse_stack_item(bytes).value();
    EXPECT_EQ(read, item);
    EXPECT_EQ(serialize(read).value(), bytes);
  }
}

TEST(StackItem, RefusesEveryOtherFormOfAValue) {
  for (const std::string_view hex : {
           "",            // nothing
           "01",          // unknown type
           "0000",        // bytes behind
           "2002",        // boolean 2
           "21020100",    // integer longer than needed
           "210100",      // zero with a byte
           "28fd0100aa",  // length longer than needed
           "2802aa",      // cut
           "4001",        // item missing
           "48014000"
           "00",  // array as key
           "4802210101002101"
           "0100",  // key repeats
           "1000",  // pointer
           "60",    // interop
       }) {
    EXPECT_FALSE(parse_stack_item(from_hex(hex)).has_value()) << hex;
  }
  EXPECT_FALSE(parse_stack_item(from_hex("2121" + std::string(66, '1'))).has_value());
}

TEST(StackItem, BoundsDepthAndCount) {
  EXPECT_TRUE(serialize(nested(10)).has_value());
  EXPECT_EQ(parse_stack_item(serialize(nested(10)).value()).value(), nested(10));
  EXPECT_EQ(serialize(nested(11)).error().code(), Code::limit_exceeded);
  Bytes deep;
  for (int i = 0; i < 5000; ++i) append(deep, Bytes{0x40, 0x01});
  deep.push_back(0);
  EXPECT_EQ(parse_stack_item(deep).error().code(), Code::limit_exceeded);
  EXPECT_TRUE(check_stack_item_limits(nested(10)).has_value());
  EXPECT_FALSE(check_stack_item_limits(nested(11)).has_value());

  const StackItem most = StackItem::array(StackItem::List(2047));
  EXPECT_EQ(parse_stack_item(serialize(most).value()).value(), most);
  const StackItem too_many = StackItem::array(StackItem::List(2048));
  EXPECT_FALSE(serialize(too_many).has_value());
  EXPECT_FALSE(check_stack_item_limits(too_many).has_value());
  // A count without the items behind it must not be believed.
  EXPECT_FALSE(parse_stack_item(from_hex("40fd0008")).has_value());
  EXPECT_FALSE(parse_stack_item(from_hex("40ffffffffffffffffff")).has_value());
}

TEST(StackItem, BoundsTheSerialisedSize) {
  EXPECT_TRUE(serialize(StackItem::byte_string(Bytes(131070 - 6))).has_value());
  EXPECT_FALSE(serialize(StackItem::byte_string(Bytes(131070))).has_value());
  EXPECT_FALSE(parse_stack_item(Bytes(131071)).has_value());
}

TEST(StackItem, RefusesMapKeysThatAreLongOrNotPrimitive) {
  EXPECT_TRUE(serialize(StackItem::map({{StackItem::byte_string(Bytes(64)), {}}})).has_value());
  EXPECT_FALSE(serialize(StackItem::map({{StackItem::byte_string(Bytes(65)), {}}})).has_value());
  EXPECT_FALSE(serialize(StackItem::map({{StackItem(), {}}})).has_value());
  EXPECT_FALSE(serialize(StackItem::map({{StackItem::buffer({}), {}}})).has_value());
}

TEST(StackItem, WhatCannotLeaveTheVirtualMachineIsNotSerialised) {
  for (const StackItemType type : {StackItemType::pointer, StackItemType::interop}) {
    EXPECT_EQ(serialize(StackItem::opaque(type, "")).error().code(), Code::invalid_stack_item);
  }
}

TEST(StackItem, BoundsItemsInsideMaps) {
  EXPECT_TRUE(check_stack_item_limits(StackItem::map({{StackItem::integer(1), nested(9)}})));
  EXPECT_FALSE(check_stack_item_limits(StackItem::map({{StackItem::integer(1), nested(10)}})));
}

TEST(StackItem, ConvertsAsTheVirtualMachineDoes) {
  EXPECT_EQ(StackItem::boolean(true).to_integer().value(), Integer(1));
  EXPECT_EQ(StackItem::byte_string(Bytes{0xff}).to_integer().value(), Integer(-1));
  EXPECT_EQ(StackItem::integer(256).to_bytes().value(), (Bytes{0, 1}));
  EXPECT_EQ(StackItem::byte_string(Bytes{0, 0}).to_boolean().value(), false);
  EXPECT_EQ(StackItem::buffer(Bytes{0}).to_boolean().value(), true);
  EXPECT_EQ(StackItem().to_boolean().value(), false);
  EXPECT_FALSE(StackItem().to_integer().has_value());
  EXPECT_FALSE(StackItem::array({}).to_bytes().has_value());
  EXPECT_FALSE(StackItem::byte_string(Bytes(33)).to_integer().has_value());
  EXPECT_FALSE(StackItem::byte_string(Bytes(33)).to_boolean().has_value());
  EXPECT_FALSE(StackItem::byte_string(Bytes{0xff}).to_text().has_value());
  EXPECT_FALSE(StackItem::integer(1).items().has_value());
  EXPECT_FALSE(StackItem::integer(1).entries().has_value());
}

TEST(StackItemJson, WritesTheFormOfNodes) {
  EXPECT_EQ(to_rpc_json(StackItem()), R"({"type":"Any"})");
  EXPECT_EQ(to_rpc_json(StackItem::integer(-5)), R"({"type":"Integer","value":"-5"})");
  EXPECT_EQ(to_rpc_json(StackItem::boolean(false)), R"({"type":"Boolean","value":false})");
  EXPECT_EQ(to_rpc_json(StackItem::structure({StackItem::byte_string("a")})),
            R"({"type":"Struct","value":[{"type":"ByteString","value":"YQ=="}]})");
  EXPECT_EQ(to_rpc_json(StackItem::map({{StackItem::integer(1), StackItem::buffer({0})}})),
            R"({"type":"Map","value":[{"key":{"type":"Integer","value":"1"},)"
            R"("value":{"type":"Buffer","value":"AA=="}}]})");
  EXPECT_EQ(to_rpc_json(StackItem::opaque(StackItemType::interop, "7")),
            R"({"type":"InteropInterface","interface":"IIterator","id":"7"})");
}

TEST(StackItemJson, PlainFormFollowsTheDeclaredType) {
  const auto plain = [](const StackItem& item, ParameterType type) {
    return to_plain_json(item, type).value();
  };
  const Bytes hash = from_hex("cf76e28bd0062c4a478ee35561011319f3cfa4d2");
  EXPECT_EQ(plain(StackItem::byte_string(hash), ParameterType::hash160),
            "\"0xd2a4cff31913016155e38e474a2c06d08be276cf\"");
  const Bytes long_hash(32, 0x01);
  EXPECT_EQ(plain(StackItem::byte_string(long_hash), ParameterType::hash256),
            "\"0x" + codec::encode_hex(long_hash) + "\"");
  const Bytes key(33, 0x02);
  EXPECT_EQ(plain(StackItem::byte_string(key), ParameterType::public_key),
            "\"" + codec::encode_hex(key) + "\"");
  const StackItem iterator = StackItem::opaque(StackItemType::interop, "1");
  EXPECT_EQ(plain(iterator, ParameterType::interop_interface), "null");
  EXPECT_EQ(plain(StackItem::array({iterator, {}}), ParameterType::any), "[null,null]");
  EXPECT_EQ(plain(StackItem::map({}), ParameterType::map), "[]");
  EXPECT_EQ(plain(StackItem::byte_string("my-fn"), ParameterType::string), "\"my-fn\"");
  EXPECT_EQ(plain(StackItem::byte_string("my-fn"), ParameterType::byte_array), "\"bXktZm4=\"");
  EXPECT_EQ(plain(StackItem::byte_string(Bytes{5}), ParameterType::integer), "\"5\"");
  EXPECT_EQ(plain(StackItem::integer(1), ParameterType::boolean), "true");
  EXPECT_EQ(plain(StackItem(), ParameterType::hash160), "null");
  EXPECT_EQ(plain(StackItem::array({StackItem::integer(1), StackItem::byte_string("a")}),
                  ParameterType::array),
            R"(["1","YQ=="])");
  EXPECT_EQ(plain(StackItem::map({{StackItem::byte_string("k"), StackItem::boolean(true)}}),
                  ParameterType::any),
            R"([["aw==",true]])");
  EXPECT_EQ(plain(StackItem::byte_string("\"\\\n\x01"), ParameterType::string),
            "\"\\\"\\\\\\u000a\\u0001\"");
}

TEST(StackItemJson, RefusesValuesThatDoNotFitTheDeclaredType) {
  EXPECT_FALSE(to_plain_json(StackItem::byte_string("a"), ParameterType::hash160).has_value());
  EXPECT_FALSE(to_plain_json(StackItem::byte_string("a"), ParameterType::hash256).has_value());
  EXPECT_FALSE(to_plain_json(StackItem::byte_string("a"), ParameterType::public_key).has_value());
  EXPECT_FALSE(to_plain_json(StackItem::byte_string("a"), ParameterType::signature).has_value());
  EXPECT_FALSE(
      to_plain_json(StackItem::byte_string(Bytes{0xff}), ParameterType::string).has_value());
  EXPECT_FALSE(to_plain_json(StackItem::array({}), ParameterType::integer).has_value());
  EXPECT_FALSE(to_plain_json(StackItem::integer(1), ParameterType::array).has_value());
  EXPECT_FALSE(to_plain_json(StackItem::integer(1), ParameterType::map).has_value());
  EXPECT_FALSE(to_plain_json(StackItem(), ParameterType::void_type).has_value());
}

TEST(StackItemType, NamesRoundTrip) {
  for (const std::string_view name : {"Any", "Pointer", "Boolean", "Integer", "ByteString",
                                      "Buffer", "Array", "Struct", "Map", "InteropInterface"}) {
    EXPECT_EQ(stack_item_type_name(parse_stack_item_type(name).value()), name);
  }
  EXPECT_FALSE(parse_stack_item_type("String").has_value());
}

TEST(ParameterType, NamesRoundTrip) {
  for (const std::string_view name :
       {"Any", "Boolean", "Integer", "ByteArray", "String", "Hash160", "Hash256", "PublicKey",
        "Signature", "Array", "Map", "InteropInterface", "Void"}) {
    EXPECT_EQ(parameter_type_name(parse_parameter_type(name).value()), name);
  }
  EXPECT_FALSE(parse_parameter_type("ByteString").has_value());
}

}  // namespace
}  // namespace nsl::neo
