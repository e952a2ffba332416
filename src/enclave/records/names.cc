#include "enclave/records/names.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "core/crypto/hash.h"

namespace nsl::enclave::records {
namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

Result<void> check_name(std::string_view name, std::string_view field) {
  const bool is_valid = !name.empty() &&
                        name.size() <= static_cast<std::size_t>(limits::kNameBytesMax) &&
                        is_lower_or_digit(name.front()) &&
                        std::all_of(name.begin(), name.end(),
                                    [](char c) { return is_lower_or_digit(c) || c == '-'; });
  if (is_valid) return {};
  return fail(
      Code::invalid_argument,
      fmt::format("/{}: a name is 1 to {} of a-z, 0-9 and -, and starts with a letter or digit",
                  field, limits::kNameBytesMax));
}

std::string to_etag(std::uint64_t version) { return fmt::format("v{}", version); }

std::string hashed_id(std::string_view parts) {
  return codec::encode_hex(crypto::sha256(as_bytes(parts)));
}

Result<void> check_if_match(std::string_view if_match, std::uint64_t present_version) {
  if (if_match.empty() || if_match == "*" || if_match == to_etag(present_version)) return {};
  return fail(Code::precondition_failed,
              fmt::format("The resource is at {} now", to_etag(present_version)));
}

std::size_t page_size(std::uint32_t asked) {
  const std::int64_t size = asked == 0 ? limits::kPageItemsDefault : std::int64_t{asked};
  return static_cast<std::size_t>(std::min(size, limits::kPageItemsMax));
}

}  // namespace nsl::enclave::records
