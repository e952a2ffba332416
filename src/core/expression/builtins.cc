#include "core/expression/builtins.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/assert.h"
#include "core/codec/hex.h"
#include "core/codec/utf8.h"
#include "core/neo/address.h"
#include "core/neo/hash.h"

namespace nsl::expression {
namespace {

// Two rounds of SHA-256 and the digits of base 58.
constexpr std::int64_t kAddressSteps = 20;

std::unexpected<Error> failed(std::string message) {
  return fail(Code::expression_failed, std::move(message));
}

// The bytes of text or bytes. The view is valid as long as `value` is.
std::string_view content(const Value& value) {
  return value.kind() == Kind::text ? std::string_view(value.as_text())
                                    : as_text(ByteView(value.as_bytes()));
}

struct Pair {
  std::string_view whole;
  std::string_view part;
};

// Spends what it takes to read both; fails unless both are of one kind.
Result<Pair> get_pair(Arguments arguments, Budget& budget) {
  NSL_ASSERT(arguments.size() == 2);
  if (arguments[0].kind() != arguments[1].kind()) {
    return failed("Takes two strings or two bytes, not one of each");
  }
  const Pair pair{.whole = content(arguments[0]), .part = content(arguments[1])};
  NSL_TRY_VOID(budget.spend_bytes(pair.whole.size() + pair.part.size()));
  return pair;
}

// Knuth, Morris, Pratt (1977): as long as both texts together, whatever they hold. The search of
// the standard library takes their product when an attacker chooses them.
bool contains(std::string_view whole, std::string_view part) {
  if (part.empty()) return true;
  if (part.size() > whole.size()) return false;
  std::vector<std::uint32_t> borders(part.size(), 0);
  std::size_t border = 0;
  for (std::size_t i = 1; i < part.size(); ++i) {
    while (border > 0 && part[i] != part[border]) border = borders[border - 1];
    if (part[i] == part[border]) ++border;
    borders[i] = static_cast<std::uint32_t>(border);
  }
  std::size_t matched = 0;
  for (const char c : whole) {
    while (matched > 0 && c != part[matched]) matched = borders[matched - 1];
    if (c == part[matched]) ++matched;
    if (matched == part.size()) return true;
  }
  return false;
}

std::int64_t count_code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

template <class Change>
Result<Value> change_letters(const Value& value, Budget& budget, Change change) {
  std::string text;
  NSL_TRY_VOID(budget.spend_bytes(value.as_text().size()));
  text = value.as_text();
  std::transform(text.begin(), text.end(), text.begin(), change);
  return Value::text(std::move(text));
}

template <class Hash>
Value bytes_of(const Hash& hash) {
  return Value::bytes(nsl::to_bytes(ByteView(hash.little_endian())));
}

}  // namespace

Result<Value> evaluate_size(Arguments arguments, Budget& budget) {
  const Value& value = arguments[0];
  if (value.kind() == Kind::list) {
    return Value::integer(static_cast<std::int64_t>(value.as_list().size()));
  }
  if (value.kind() == Kind::map) {
    return Value::integer(static_cast<std::int64_t>(value.as_map().size()));
  }
  if (value.kind() == Kind::bytes) {
    return Value::integer(static_cast<std::int64_t>(value.as_bytes().size()));
  }
  NSL_TRY_VOID(budget.spend_bytes(value.as_text().size()));
  return Value::integer(count_code_points(value.as_text()));
}

Result<Value> evaluate_contains(Arguments arguments, Budget& budget) {
  NSL_TRY(const Pair pair, get_pair(arguments, budget));
  return Value::boolean(contains(pair.whole, pair.part));
}

Result<Value> evaluate_starts_with(Arguments arguments, Budget& budget) {
  NSL_TRY(const Pair pair, get_pair(arguments, budget));
  return Value::boolean(pair.whole.starts_with(pair.part));
}

Result<Value> evaluate_ends_with(Arguments arguments, Budget& budget) {
  NSL_TRY(const Pair pair, get_pair(arguments, budget));
  return Value::boolean(pair.whole.ends_with(pair.part));
}

Result<Value> evaluate_lower_ascii(Arguments arguments, Budget& budget) {
  return change_letters(arguments[0], budget, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
}

Result<Value> evaluate_upper_ascii(Arguments arguments, Budget& budget) {
  return change_letters(arguments[0], budget, [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
}

Result<Value> evaluate_bool(Arguments arguments, Budget&) {
  if (arguments[0].kind() == Kind::boolean) return arguments[0];
  // The spellings of the specification's own table, and no others.
  constexpr std::array<std::string_view, 5> kTrue = {"1", "t", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 5> kFalse = {"0", "f", "false", "FALSE", "False"};
  const std::string_view text = arguments[0].as_text();
  if (std::find(kTrue.begin(), kTrue.end(), text) != kTrue.end()) return Value::boolean(true);
  if (std::find(kFalse.begin(), kFalse.end(), text) != kFalse.end()) return Value::boolean(false);
  return failed("The string is not a bool");
}

Result<Value> evaluate_int(Arguments arguments, Budget&) {
  const Value& value = arguments[0];
  if (value.kind() == Kind::integer) return value;
  const Result<neo::Integer> integer = value.kind() == Kind::text
                                           ? neo::Integer::parse_decimal(value.as_text())
                                           : neo::Integer::parse_little_endian(value.as_bytes());
  if (integer.has_value()) return Value::integer(*integer);
  return failed(value.kind() == Kind::text ? "The string is not a decimal int of 256 bits"
                                           : "More than 32 bytes are not an int");
}

Result<Value> evaluate_string(Arguments arguments, Budget& budget) {
  const Value& value = arguments[0];
  if (value.kind() == Kind::text) return value;
  if (value.kind() != Kind::bytes) return Value::text(to_text(value));
  NSL_TRY_VOID(budget.spend_bytes(value.as_bytes().size()));
  if (!codec::is_valid_utf8(value.as_bytes())) return failed("The bytes are not UTF-8");
  return Value::text(nsl::to_string(value.as_bytes()));
}

Result<Value> evaluate_bytes(Arguments arguments, Budget& budget) {
  const Value& value = arguments[0];
  if (value.kind() == Kind::bytes) return value;
  NSL_TRY_VOID(budget.spend_bytes(value.as_text().size()));
  return Value::bytes(nsl::to_bytes(value.as_text()));
}

Result<Value> evaluate_type(Arguments arguments, Budget&) {
  return Value::type(arguments[0].kind());
}

Result<Value> evaluate_dyn(Arguments arguments, Budget&) { return arguments[0]; }

Result<Value> evaluate_hex(Arguments arguments, Budget& budget) {
  const Bytes& bytes = arguments[0].as_bytes();
  NSL_TRY_VOID(budget.spend_bytes(bytes.size() * 2));
  return Value::text(codec::encode_hex(bytes));
}

Result<Value> evaluate_unhex(Arguments arguments, Budget& budget) {
  const std::string& text = arguments[0].as_text();
  NSL_TRY_VOID(budget.spend_bytes(text.size()));
  Result<Bytes> bytes = codec::decode_hex(text);
  if (!bytes.has_value()) return failed("The string is not hexadecimal");
  return Value::bytes(std::move(*bytes));
}

Result<Value> evaluate_hash160(Arguments arguments, Budget& budget) {
  NSL_TRY_VOID(budget.spend(kAddressSteps));
  const Result<neo::UInt160> account = neo::parse_account(arguments[0].as_text());
  if (!account.has_value()) return failed("The string is neither an address nor 0x and 40 digits");
  return bytes_of(*account);
}

Result<Value> evaluate_hash256(Arguments arguments, Budget&) {
  const Result<neo::UInt256> hash = neo::UInt256::parse(arguments[0].as_text());
  if (!hash.has_value()) return failed("The string is not 0x and 64 digits");
  return bytes_of(*hash);
}

Result<Value> evaluate_address(Arguments arguments, Budget& budget) {
  NSL_TRY_VOID(budget.spend(kAddressSteps));
  const Result<neo::UInt160> account = neo::UInt160::parse_little_endian(arguments[0].as_bytes());
  if (!account.has_value()) return failed("An account has 20 bytes");
  return Value::text(neo::to_address(*account));
}

}  // namespace nsl::expression
