#include "enclave/triggers/request_hub.h"

#include <gtest/gtest.h>

#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "core/neo/stack_item.h"

namespace nsl::enclave::triggers {
namespace {

using neo::StackItem;

const Bytes kCaller = Bytes(20, 0xAB);

std::string bytes_json(ByteView bytes) {
  return R"({"type":"ByteString","value":")" + codec::encode_base64(bytes) + R"("})";
}

std::string event_json(const std::string& id, ByteView caller, std::string_view function,
                       std::string_view arguments) {
  return R"([{"type":"Integer","value":")" + id + R"("},)" + bytes_json(caller) + "," +
         bytes_json(as_bytes(function)) + "," + bytes_json(crypto::sha256(as_bytes(arguments))) +
         "]";
}

Bytes stored(ByteView caller, std::string_view function, std::string_view arguments) {
  return neo::serialize(StackItem::structure({StackItem::byte_string(to_bytes(caller)),
                                              StackItem::byte_string(function),
                                              StackItem::byte_string(arguments)}))
      .value();
}

Request request() { return parse_request(event_json("258", kCaller, "answer", "{}")).value(); }

TEST(RequestHub, KeepsARequestUnderItsNumber) {
  EXPECT_EQ(request().id, 258);
  EXPECT_EQ(codec::encode_hex(storage_key(request())), "720000000000000102");
}

TEST(RequestHub, TakesTheRequestTheEventAnnounces) {
  EXPECT_TRUE(check_stored_request(request(), stored(kCaller, "answer", "{}")).has_value());
}

TEST(RequestHub, ComparesEveryWordOfTheEvent) {
  for (const Bytes& other :
       {stored(Bytes(20, 0xAC), "answer", "{}"), stored(kCaller, "answers", "{}"),
        stored(kCaller, "answer", "{ }"), stored({}, "answer", "{}"),
        neo::serialize(StackItem::structure({StackItem::byte_string(kCaller)})).value(),
        neo::serialize(StackItem::integer(1)).value(), Bytes{}}) {
    EXPECT_FALSE(check_stored_request(request(), other).has_value()) << codec::encode_hex(other);
  }
}

TEST(RequestHub, RefusesEveryChangedByteOfTheStoredRequest) {
  const Bytes honest = stored(kCaller, "answer", R"({"pair":"NEO-USD"})");
  const Request expected =
      parse_request(event_json("1", kCaller, "answer", R"({"pair":"NEO-USD"})")).value();
  ASSERT_TRUE(check_stored_request(expected, honest).has_value());
  for (std::size_t i = 0; i < honest.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      if (value == honest[i]) continue;
      Bytes changed = honest;
      changed[i] = static_cast<std::uint8_t>(value);
      EXPECT_FALSE(check_stored_request(expected, changed).has_value()) << i << " " << value;
    }
  }
}

TEST(RequestHub, RefusesEventsOfAnotherForm) {
  const std::string four = event_json("1", kCaller, "answer", "{}");
  for (const std::string& bad :
       {std::string("null"), std::string("[]"), std::string("{}"), std::string("["),
        "[" + four + "]", four.substr(0, four.size() - 1) + ",{\"type\":\"Any\"}]",
        event_json("0", kCaller, "answer", "{}"), event_json("-1", kCaller, "answer", "{}"),
        event_json("9223372036854775808", kCaller, "answer", "{}"),
        std::string(R"([{"type":"Any"},{"type":"Any"},{"type":"Any"},{"type":"Any"}])")}) {
    EXPECT_FALSE(parse_request(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace nsl::enclave::triggers
