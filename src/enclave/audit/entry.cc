#include "enclave/audit/entry.h"

#include <algorithm>
#include <array>

#include "core/base/limits.h"
#include "core/codec/cbor.h"

namespace nsl::enclave::audit {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kFields = 7;
constexpr auto kTextBytesMax = static_cast<std::size_t>(limits::kAuditTextBytesMax);
// Texts and numbers with their heads stay below what the vault takes.
static_assert(5 * (limits::kAuditTextBytesMax + 3) + 16 <= limits::kAuditEntryBytesMax);

std::unexpected<Error> corrupt() {
  return fail(Code::record_corrupt, "An audit entry is not valid");
}

}  // namespace

Bytes encode_entry(const Entry& entry) {
  codec::CborWriter out;
  out.begin_array(kFields).write_unsigned(kVersion).write_integer(entry.time.value());
  for (const std::string* text :
       {&entry.account, &entry.request_id, &entry.operation, &entry.resource, &entry.code}) {
    out.write_bytes(as_bytes(*text).first(std::min(text->size(), kTextBytesMax)));
  }
  return std::move(out).take();
}

Result<Entry> parse_entry(ByteView bytes) {
  const auto value = codec::parse_cbor(bytes);
  if (!value.has_value()) return corrupt();
  const auto fields = value->to_array();
  if (!fields.has_value() || fields->empty()) return corrupt();
  const auto version = (*fields)[0].to_unsigned();
  if (!version.has_value()) return corrupt();
  if (*version > kVersion) return fail(Code::unsupported_version);
  if (*version != kVersion || fields->size() != kFields) return corrupt();
  const auto time = (*fields)[1].to_integer();
  if (!time.has_value()) return corrupt();
  Entry entry{.time = WallTime(*time),
              .account = {},
              .request_id = {},
              .operation = {},
              .resource = {},
              .code = {}};
  const std::array<std::string*, 5> texts = {&entry.account, &entry.request_id, &entry.operation,
                                             &entry.resource, &entry.code};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto text = (*fields)[2 + i].to_bytes();
    if (!text.has_value() || text->size() > kTextBytesMax) return corrupt();
    *texts[i] = to_string(*text);
  }
  return entry;
}

}  // namespace nsl::enclave::audit
