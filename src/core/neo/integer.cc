#include "core/neo/integer.h"

#include <algorithm>

#include "core/base/assert.h"

namespace nsl::neo {
namespace {

constexpr std::uint32_t kDecimalChunk = 1000000000;
constexpr int kDecimalChunkDigits = 9;
// 2^255 has 77 digits.
constexpr std::size_t kDecimalDigitsMax = 77;

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Integer::Integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  limbs_.fill(value < 0 ? UINT32_MAX : 0);
  limbs_[0] = static_cast<std::uint32_t>(bits & UINT32_MAX);
  limbs_[1] = static_cast<std::uint32_t>(bits >> 32);
}

Result<Integer> Integer::parse_little_endian(ByteView bytes) {
  if (bytes.size() > kBytesMax) {
    return fail(Code::invalid_stack_item, "An integer has at most 32 bytes");
  }
  Integer result;
  const bool negative = !bytes.empty() && (bytes.back() & 0x80) != 0;
  result.limbs_.fill(negative ? UINT32_MAX : 0);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned shift = static_cast<unsigned>(i % 4) * 8;
    std::uint32_t& limb = result.limbs_[i / 4];
    limb = (limb & ~(0xFFU << shift)) | (std::uint32_t{bytes[i]} << shift);
  }
  return result;
}

Bytes Integer::to_little_endian() const {
  Bytes bytes(kBytesMax);
  for (std::size_t i = 0; i < kBytesMax; ++i) {
    bytes[i] = static_cast<std::uint8_t>((limbs_[i / 4] >> ((i % 4) * 8)) & 0xFF);
  }
  const std::uint8_t filler = is_negative() ? 0xFF : 0x00;
  // The last byte may go when it only repeats the sign bit of the byte before it.
  while (bytes.size() > 1 && bytes.back() == filler &&
         (bytes[bytes.size() - 2] & 0x80) == (filler & 0x80)) {
    bytes.pop_back();
  }
  if (bytes.size() == 1 && bytes[0] == 0) bytes.clear();
  return bytes;
}

Integer Integer::negated() const {
  Integer result;
  std::uint64_t carry = 1;
  for (std::size_t i = 0; i < limbs_.size(); ++i) {
    carry += ~limbs_[i];
    result.limbs_[i] = static_cast<std::uint32_t>(carry & UINT32_MAX);
    carry >>= 32;
  }
  return result;
}

Result<Integer> Integer::parse_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = negative ? text.substr(1) : text;
  const bool canonical =
      is_digits(digits) && digits.size() <= kDecimalDigitsMax && (digits[0] != '0' || text == "0");
  if (!canonical) return fail(Code::invalid_stack_item, "Not a decimal integer of 256 bits");
  Integer magnitude;
  for (const char c : digits) {
    std::uint64_t carry = static_cast<std::uint64_t>(c - '0');
    for (std::uint32_t& limb : magnitude.limbs_) {
      carry += std::uint64_t{limb} * 10;
      limb = static_cast<std::uint32_t>(carry & UINT32_MAX);
      carry >>= 32;
    }
    if (carry != 0) return fail(Code::invalid_stack_item, "The integer has more than 256 bits");
  }
  const Integer result = negative ? magnitude.negated() : magnitude;
  // A magnitude of 2^255 is right only with a minus sign, more than that never.
  if (result.is_negative() != negative) {
    return fail(Code::invalid_stack_item, "The integer has more than 256 bits");
  }
  return result;
}

std::string Integer::to_decimal() const {
  // For -2^255 the negated value has the same bits, which read unsigned are its magnitude.
  Integer rest = is_negative() ? negated() : *this;
  std::string reversed;
  while (!rest.is_zero()) {
    std::uint64_t remainder = 0;
    for (std::size_t i = rest.limbs_.size(); i-- > 0;) {
      const std::uint64_t value = (remainder << 32) | rest.limbs_[i];
      rest.limbs_[i] = static_cast<std::uint32_t>(value / kDecimalChunk);
      remainder = value % kDecimalChunk;
    }
    for (int digit = 0; digit < kDecimalChunkDigits; ++digit) {
      reversed.push_back(static_cast<char>('0' + remainder % 10));
      remainder /= 10;
    }
  }
  while (!reversed.empty() && reversed.back() == '0') reversed.pop_back();
  if (reversed.empty()) return "0";
  if (is_negative()) reversed.push_back('-');
  return {reversed.rbegin(), reversed.rend()};
}

std::optional<std::int64_t> Integer::to_int64() const {
  const std::uint64_t bits = (std::uint64_t{limbs_[1]} << 32) | limbs_[0];
  const auto value = static_cast<std::int64_t>(bits);
  if (Integer(value) != *this) return std::nullopt;
  return value;
}

std::strong_ordering operator<=>(const Integer& left, const Integer& right) {
  if (left.is_negative() != right.is_negative()) {
    return left.is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  // With equal signs, two's complement orders like unsigned numbers.
  return std::lexicographical_compare_three_way(left.limbs_.rbegin(), left.limbs_.rend(),
                                                right.limbs_.rbegin(), right.limbs_.rend());
}

Result<Integer> parse_token_amount(std::string_view text, std::uint8_t decimals) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction =
      dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
  const bool well_formed = is_digits(whole) && (whole[0] != '0' || whole.size() == 1) &&
                           (dot == std::string_view::npos || is_digits(fraction));
  if (!well_formed) return fail(Code::invalid_amount);
  if (fraction.size() > decimals) {
    return fail(Code::invalid_amount, "The amount has too many decimals");
  }
  std::string digits(whole);
  digits.append(fraction);
  digits.append(decimals - fraction.size(), '0');
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  Result<Integer> amount = Integer::parse_decimal(digits);
  if (!amount.has_value()) return fail(Code::invalid_amount, "The amount is too large");
  return amount;
}

std::string to_token_amount(const Integer& amount, std::uint8_t decimals) {
  std::string digits = amount.to_decimal();
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1U - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - decimals);
  digits.resize(digits.size() - decimals);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  if (!fraction.empty()) digits += "." + fraction;
  return negative ? "-" + digits : digits;
}

}  // namespace nsl::neo
