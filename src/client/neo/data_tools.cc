// hash and convert.
#include <limits>

#include "client/neo/input.h"
#include "client/neo/tools.h"
#include "core/codec/base64.h"
#include "core/codec/byte_io.h"
#include "core/codec/utf8.h"
#include "core/crypto/hash.h"
#include "core/neo/integer.h"

namespace nsl::client::neo_tools {
namespace {

using neo::Integer;
using neo::JsonValue;

// Programs that keep numbers as doubles read these exactly.
constexpr std::int64_t kExactMax = std::int64_t{1} << 53;

Result<JsonValue> hash(const Input& input) {
  NSL_TRY(const Bytes bytes, input.get_bytes("hex"));
  JsonValue answer = JsonValue::object();
  answer.add("sha256", hex_text(crypto::sha256(bytes)));
  answer.add("hash256", hex_text(crypto::hash256(bytes)));
  answer.add("ripemd160", hex_text(crypto::ripemd160(bytes)));
  answer.add("hash160", hex_text(crypto::hash160(bytes)));
  answer.add("base64", JsonValue::string(codec::encode_base64(bytes)));
  return answer;
}

JsonValue number_or_text(const Integer& integer) {
  const auto small = integer.to_int64();
  if (small.has_value() && *small >= -kExactMax && *small <= kExactMax) {
    return JsonValue::integer(*small);
  }
  return JsonValue::string(integer.to_decimal());
}

// A VarInt holds 0 to 2^64 - 1.
std::optional<std::uint64_t> to_uint64(const Integer& integer) {
  const Bytes bytes = integer.to_little_endian();
  constexpr std::size_t kUnsignedBytesMax = 9;  // a zero byte keeps the sign positive
  if (integer.is_negative() || bytes.size() > kUnsignedBytesMax) return std::nullopt;
  if (bytes.size() == kUnsignedBytesMax && bytes.back() != 0) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 8; ++i) {
    value |= std::uint64_t{bytes[i]} << (8 * i);
  }
  return value;
}

struct Converted {
  Bytes bytes;
  // Absent when the bytes are no integer of the virtual machine.
  std::optional<Integer> integer;
};

Converted from_integer(const Integer& integer) { return {integer.to_little_endian(), integer}; }

Converted from_bytes(Bytes bytes) {
  const auto integer = Integer::parse_little_endian(bytes);
  return {std::move(bytes), integer.has_value() ? std::optional(*integer) : std::nullopt};
}

Result<Converted> from_varint(ByteView bytes) {
  codec::ByteReader reader(bytes);
  NSL_TRY(const std::uint64_t value, reader.read_varint());
  NSL_TRY_VOID(reader.expect_end());
  NSL_TRY(const Integer integer, Integer::parse_decimal(std::to_string(value)));
  return from_integer(integer);
}

Result<std::uint8_t> get_decimals(const Input& input) {
  NSL_TRY(const std::uint64_t decimals, input.get_unsigned("decimals", 255));
  return static_cast<std::uint8_t>(decimals);
}

// "-1.5" too: amounts people write have no sign, differences do.
Result<Integer> parse_decimal_amount(std::string_view text, std::uint8_t decimals) {
  const bool is_negative = text.starts_with('-');
  NSL_TRY(const Integer amount,
          neo::parse_token_amount(text.substr(is_negative ? 1 : 0), decimals));
  if (!is_negative || amount.is_zero()) return amount;
  return Integer::parse_decimal("-" + amount.to_decimal());
}

Result<Integer> get_integer(const Input& input) {
  const auto number =
      input.find("value") == nullptr ? std::nullopt : input.find("value")->to_int64();
  if (number.has_value()) return Integer(*number);
  NSL_TRY(const std::string text, input.get_text("value"));
  return Integer::parse_decimal(text);
}

Result<Converted> read_value(const Input& input) {
  NSL_TRY(const std::string type, input.get_text("type"));
  if (type == "integer") {
    NSL_TRY(const Integer integer, get_integer(input));
    return from_integer(integer);
  }
  NSL_TRY(const std::string value, input.get_text("value"));
  if (type == "string") return from_bytes(to_bytes(value));
  if (type == "decimal") {
    NSL_TRY(const std::uint8_t decimals, get_decimals(input));
    NSL_TRY(const Integer integer, parse_decimal_amount(value, decimals));
    return from_integer(integer);
  }
  if (type == "base64") {
    NSL_TRY(Bytes bytes, codec::decode_base64(value));
    return from_bytes(std::move(bytes));
  }
  if (type != "hex" && type != "varint") {
    return refuse("type is integer, hex, base64, string, varint or decimal");
  }
  NSL_TRY(Bytes bytes, input.get_bytes("value"));
  if (type == "varint") return from_varint(bytes);
  return from_bytes(std::move(bytes));
}

Result<JsonValue> convert(const Input& input) {
  NSL_TRY(const Converted converted, read_value(input));
  JsonValue answer = JsonValue::object();
  if (converted.integer.has_value()) {
    answer.add("integer", number_or_text(*converted.integer));
    answer.add("vm_bytes", hex_text(converted.integer->to_little_endian()));
  }
  answer.add("hex", hex_text(converted.bytes));
  answer.add("base64", JsonValue::string(codec::encode_base64(converted.bytes)));
  if (codec::is_valid_utf8(converted.bytes)) {
    answer.add("string", JsonValue::string(as_text(converted.bytes)));
  }
  if (!converted.integer.has_value()) return answer;
  if (const auto value = to_uint64(*converted.integer); value.has_value()) {
    answer.add("varint", hex_text(codec::ByteWriter().write_varint(*value).bytes()));
  }
  if (input.has("decimals")) {
    NSL_TRY(const std::uint8_t decimals, get_decimals(input));
    answer.add("decimal", JsonValue::string(neo::to_token_amount(*converted.integer, decimals)));
  }
  return answer;
}

}  // namespace

std::vector<Tool> data_tools() {
  return {
      {.words = "hash",
       .summary = "Every hash Neo uses, of the same bytes",
       .fields = {{.name = "hex", .help = "The bytes"}},
       .example = "nsl neo hash --hex 6e656f",
       .run = hash},
      {.words = "convert",
       .summary = "A value in every form that fits it",
       .fields = {{.name = "type", .help = "integer, hex, base64, string, varint or decimal"},
                  {.name = "value", .help = "The value"},
                  {.name = "decimals",
                   .help = "Decimals of an amount, such as 8 for GAS",
                   .kind = FieldKind::number}},
       .example = "nsl neo convert --type decimal --value 1.5 --decimals 8",
       .run = convert},
  };
}

}  // namespace nsl::client::neo_tools
