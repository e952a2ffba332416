// CBOR (RFC 8949), the subset that receipts, attestation documents and COSE need: integers, byte
// and text strings, arrays, maps, tags, booleans and null. Floats, other simple values and chunked
// strings are refused.
//
// What we write and read back ourselves has exactly one encoding (section 4.2.1, deterministic):
// shortest integers, definite lengths, map keys sorted by their bytes and unique. Documents others
// make (the Nitro security module) may use indefinite arrays and maps and any key order; integers
// are still shortest, keys still unique, and nothing may follow the value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/result.h"

namespace nsl::codec {

enum class CborKind : std::uint8_t {
  unsigned_integer,
  negative_integer,
  bytes,
  text,
  array,
  map,
  tag,
  boolean,
  null,
};

// One parsed value and everything below it. Strings are views into the parsed input.
class CborValue {
 public:
  CborKind kind() const { return kind_; }
  bool is_null() const { return kind_ == CborKind::null; }

  // Each fails with Code::malformed_cbor when the value is of another kind.
  Result<std::uint64_t> to_unsigned() const;
  // Both kinds of integer, when they fit.
  Result<std::int64_t> to_integer() const;
  Result<ByteView> to_bytes() const;
  Result<std::string_view> to_text() const;
  Result<bool> to_boolean() const;
  // Elements of an array.
  Result<std::span<const CborValue>> to_array() const;
  // The value inside, when the tag's number is `number`.
  Result<const CborValue*> to_tagged(std::uint64_t number) const;
  // The number of a tag; 0 for every other kind.
  std::uint64_t tag_number() const { return kind_ == CborKind::tag ? number_ : 0; }

  // Maps: the number of entries, key and value of the n-th, and the value of a key (null when the
  // value is no map or has no such key).
  std::size_t map_size() const { return kind_ == CborKind::map ? children_.size() / 2 : 0; }
  const CborValue& map_key(std::size_t index) const { return children_[2 * index]; }
  const CborValue& map_value(std::size_t index) const { return children_[2 * index + 1]; }
  const CborValue* find(std::string_view key) const;
  const CborValue* find(std::int64_t key) const;
  // The value of a key that must be there.
  Result<const CborValue*> get(std::string_view key) const;
  Result<const CborValue*> get(std::int64_t key) const;

 private:
  friend class CborParser;
  CborKind kind_ = CborKind::null;
  std::uint64_t number_ = 0;  // value, -1 - value, tag number or boolean
  ByteView string_;
  std::vector<CborValue> children_;  // elements, or keys and values in turn, or the tagged value
};

enum class CborForm : std::uint8_t { deterministic, foreign };

struct CborOptions {
  CborForm form = CborForm::deterministic;
  // Levels of nesting; a plain value is one level.
  std::int64_t depth_max = limits::kCborDepthMax;
  // Values in total, keys included.
  std::int64_t items_max = limits::kCborItemsMax;
};

// The one value `input` holds; it must outlive the result.
Result<CborValue> parse_cbor(ByteView input, CborOptions options = {});

// Writes deterministic CBOR. Arrays and maps announce their size; entries of a map may be written
// in any order and are sorted when the map is complete. Misuse (a wrong count, a key twice, an
// unfinished value) is a bug and aborts.
class CborWriter {
 public:
  CborWriter& write_unsigned(std::uint64_t value);
  CborWriter& write_integer(std::int64_t value);
  CborWriter& write_bytes(ByteView bytes);
  // `text` must be UTF-8.
  CborWriter& write_text(std::string_view text);
  CborWriter& begin_array(std::size_t count);
  // Followed by `count` keys, each with its value behind it.
  CborWriter& begin_map(std::size_t count);
  CborWriter& write_tag(std::uint64_t number);
  CborWriter& write_boolean(bool value);
  CborWriter& write_null();
  // A value that is already deterministic CBOR.
  CborWriter& write_encoded(ByteView value);

  // The finished value.
  Bytes take() &&;

 private:
  struct Open {
    bool is_map;
    std::size_t values_left;           // keys count too
    std::vector<std::size_t> offsets;  // where each key and each value of a map starts
  };

  void begin_value();
  void end_value();
  void write_head(std::uint8_t major, std::uint64_t argument);
  void sort_map(const Open& map);

  Bytes bytes_;
  std::vector<Open> open_;
  bool is_tagged_ = false;  // a tag waits for its value
  bool is_complete_ = false;
};

}  // namespace nsl::codec
