#include <algorithm>

#include "core/codec/cbor.h"
#include "core/codec/utf8.h"

namespace nsl::codec {
namespace {

// RFC 8949 section 3.1, major types.
constexpr std::uint8_t kUnsigned = 0;
constexpr std::uint8_t kNegative = 1;
constexpr std::uint8_t kBytes = 2;
constexpr std::uint8_t kText = 3;
constexpr std::uint8_t kArray = 4;
constexpr std::uint8_t kMap = 5;
constexpr std::uint8_t kTag = 6;

constexpr std::uint8_t kIndefinite = 31;
constexpr std::uint8_t kBreak = 0xff;
constexpr std::uint8_t kFalse = 0xf4;
constexpr std::uint8_t kTrue = 0xf5;
constexpr std::uint8_t kNull = 0xf6;

std::unexpected<Error> malformed(const char* why) { return fail(Code::malformed_cbor, why); }

// Bytewise order of two encodings (RFC 8949 section 4.2.1).
bool is_before(ByteView left, ByteView right) {
  return std::ranges::lexicographical_compare(left, right);
}

}  // namespace

class CborParser {
 public:
  CborParser(ByteView input, CborOptions options) : rest_(input), options_(options) {}

  Result<CborValue> parse() {
    NSL_TRY(CborValue value, parse_value(1));
    if (!rest_.empty()) return fail(Code::trailing_bytes, "Bytes follow the CBOR value");
    return value;
  }

 private:
  struct Head {
    std::uint8_t major;
    bool is_indefinite;
    std::uint64_t argument;
  };

  Result<CborValue> parse_value(std::int64_t depth) {
    if (depth > options_.depth_max) return malformed("CBOR is nested too deeply");
    if (++items_ > options_.items_max) return malformed("CBOR has too many items");
    if (rest_.empty()) return fail(Code::truncated_input, "CBOR ends too early");
    const std::uint8_t first = rest_[0];
    if (first >> 5 == 7) return parse_simple(first);

    NSL_TRY(const Head head, parse_head());
    CborValue value;
    value.number_ = head.argument;
    switch (head.major) {
      case kUnsigned:
        value.kind_ = CborKind::unsigned_integer;
        return value;
      case kNegative:
        value.kind_ = CborKind::negative_integer;
        return value;
      case kBytes:
      case kText:
        return parse_string(head);
      case kArray:
        value.kind_ = CborKind::array;
        NSL_TRY_VOID(parse_array(head, depth, value.children_));
        return value;
      case kMap:
        value.kind_ = CborKind::map;
        NSL_TRY_VOID(parse_map(head, depth, value.children_));
        return value;
      default: {
        static_assert(kTag == 6);
        value.kind_ = CborKind::tag;
        NSL_TRY(CborValue inner, parse_value(depth + 1));
        value.children_.push_back(std::move(inner));
        return value;
      }
    }
  }

  Result<CborValue> parse_simple(std::uint8_t first) {
    CborValue value;
    if (first == kFalse || first == kTrue) {
      value.kind_ = CborKind::boolean;
      value.number_ = first == kTrue ? 1 : 0;
    } else if (first != kNull) {
      return malformed("CBOR value of a kind that is not accepted");
    }
    rest_ = rest_.subspan(1);
    return value;
  }

  // The argument must be in its shortest form; indefinite length only for arrays and maps of
  // foreign documents.
  Result<Head> parse_head() {
    const std::uint8_t first = rest_[0];
    Head head{.major = static_cast<std::uint8_t>(first >> 5),
              .is_indefinite = false,
              .argument = static_cast<std::uint64_t>(first & 0x1f)};
    rest_ = rest_.subspan(1);
    if (head.argument < 24) return head;
    if (head.argument == kIndefinite) {
      const bool is_container = head.major == kArray || head.major == kMap;
      if (!is_container || options_.form == CborForm::deterministic) {
        return malformed("CBOR of indefinite length");
      }
      head.is_indefinite = true;
      return head;
    }
    if (head.argument > 27) return malformed("Reserved CBOR length");
    const std::size_t size = std::size_t{1} << (head.argument - 24);
    if (rest_.size() < size) return fail(Code::truncated_input, "CBOR ends too early");
    head.argument = 0;
    for (const std::uint8_t byte : rest_.first(size)) head.argument = head.argument << 8 | byte;
    rest_ = rest_.subspan(size);
    const std::uint64_t smallest = size == 1 ? 24 : std::uint64_t{1} << (4 * size);
    if (head.argument < smallest) return malformed("CBOR number is longer than needed");
    return head;
  }

  Result<CborValue> parse_string(const Head& head) {
    if (head.argument > rest_.size()) return fail(Code::truncated_input, "CBOR ends too early");
    CborValue value;
    value.kind_ = head.major == kText ? CborKind::text : CborKind::bytes;
    value.string_ = rest_.first(head.argument);
    rest_ = rest_.subspan(head.argument);
    if (value.kind_ == CborKind::text && !is_valid_utf8(value.string_)) {
      return fail(Code::malformed_utf8, "CBOR text is not UTF-8");
    }
    return value;
  }

  // Whether another entry follows; takes the break that ends an indefinite container.
  Result<bool> has_next(const Head& head, std::uint64_t seen) {
    if (!head.is_indefinite) return seen < head.argument;
    if (rest_.empty()) return fail(Code::truncated_input, "CBOR ends too early");
    if (rest_[0] != kBreak) return true;
    rest_ = rest_.subspan(1);
    return false;
  }

  Result<void> parse_array(const Head& head, std::int64_t depth, std::vector<CborValue>& children) {
    for (std::uint64_t seen = 0;; ++seen) {
      NSL_TRY(const bool is_more, has_next(head, seen));
      if (!is_more) return {};
      NSL_TRY(CborValue element, parse_value(depth + 1));
      children.push_back(std::move(element));
    }
  }

  Result<void> parse_map(const Head& head, std::int64_t depth, std::vector<CborValue>& children) {
    std::vector<ByteView> keys;
    for (std::uint64_t seen = 0;; ++seen) {
      NSL_TRY(const bool is_more, has_next(head, seen));
      if (!is_more) break;
      const ByteView before = rest_;
      NSL_TRY(CborValue key, parse_value(depth + 1));
      if (key.kind_ != CborKind::unsigned_integer && key.kind_ != CborKind::negative_integer &&
          key.kind_ != CborKind::text) {
        return malformed("CBOR map key is neither integer nor text");
      }
      keys.push_back(before.first(before.size() - rest_.size()));
      NSL_TRY(CborValue value, parse_value(depth + 1));
      children.push_back(std::move(key));
      children.push_back(std::move(value));
    }
    return check_keys(keys);
  }

  Result<void> check_keys(std::vector<ByteView>& keys) const {
    if (options_.form == CborForm::deterministic) {
      if (!std::ranges::is_sorted(keys, is_before))
        return malformed("CBOR map keys are not sorted");
    } else {
      std::ranges::sort(keys, is_before);
    }
    if (std::ranges::adjacent_find(keys, equal) != keys.end()) {
      return malformed("CBOR map has a key twice");
    }
    return {};
  }

  ByteView rest_;
  CborOptions options_;
  std::int64_t items_ = 0;
};

Result<CborValue> parse_cbor(ByteView input, CborOptions options) {
  return CborParser(input, options).parse();
}

Result<std::uint64_t> CborValue::to_unsigned() const {
  if (kind_ != CborKind::unsigned_integer) return malformed("CBOR value is no unsigned integer");
  return number_;
}

Result<std::int64_t> CborValue::to_integer() const {
  const bool is_negative = kind_ == CborKind::negative_integer;
  if (!is_negative && kind_ != CborKind::unsigned_integer) {
    return malformed("CBOR value is no integer");
  }
  if (number_ > INT64_MAX) return malformed("CBOR integer is too large");
  const auto magnitude = static_cast<std::int64_t>(number_);
  return is_negative ? -1 - magnitude : magnitude;
}

Result<ByteView> CborValue::to_bytes() const {
  if (kind_ != CborKind::bytes) return malformed("CBOR value is no byte string");
  return string_;
}

Result<std::string_view> CborValue::to_text() const {
  if (kind_ != CborKind::text) return malformed("CBOR value is no text");
  return as_text(string_);
}

Result<bool> CborValue::to_boolean() const {
  if (kind_ != CborKind::boolean) return malformed("CBOR value is no boolean");
  return number_ == 1;
}

Result<std::span<const CborValue>> CborValue::to_array() const {
  if (kind_ != CborKind::array) return malformed("CBOR value is no array");
  return std::span<const CborValue>(children_);
}

Result<const CborValue*> CborValue::to_tagged(std::uint64_t number) const {
  if (kind_ != CborKind::tag || number_ != number) return malformed("CBOR value has another tag");
  return &children_[0];
}

const CborValue* CborValue::find(std::string_view key) const {
  for (std::size_t i = 0; i < map_size(); ++i) {
    const CborValue& candidate = map_key(i);
    if (candidate.kind_ == CborKind::text && as_text(candidate.string_) == key) {
      return &map_value(i);
    }
  }
  return nullptr;
}

const CborValue* CborValue::find(std::int64_t key) const {
  for (std::size_t i = 0; i < map_size(); ++i) {
    const Result<std::int64_t> candidate = map_key(i).to_integer();
    if (candidate.has_value() && *candidate == key) return &map_value(i);
  }
  return nullptr;
}

Result<const CborValue*> CborValue::get(std::string_view key) const {
  const CborValue* value = find(key);
  if (value == nullptr) return malformed("CBOR map lacks a key");
  return value;
}

Result<const CborValue*> CborValue::get(std::int64_t key) const {
  const CborValue* value = find(key);
  if (value == nullptr) return malformed("CBOR map lacks a key");
  return value;
}

}  // namespace nsl::codec
