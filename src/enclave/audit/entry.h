// One audit entry. Texts from outside are kept as the bytes they are, cut to
// limits::kAuditTextBytesMax; an entry never fails to be written because of what it holds.
#pragma once

#include <string>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"

namespace nsl::enclave::audit {

struct Entry {
  WallTime time;
  // Empty before sign-in.
  std::string account;
  std::string request_id;
  // Full method name: "nsl.v1.SecretService/Put".
  std::string operation;
  // Id or name of what the operation was about; empty when there is none.
  std::string resource;
  // "NSL-AUTH-0004", or empty for success.
  std::string code;

  friend bool operator==(const Entry&, const Entry&) = default;
};

// Deterministic CBOR: [1, time in milliseconds, account, request id, operation, resource, code],
// the texts as byte strings.
Bytes encode_entry(const Entry& entry);
// Code::record_corrupt for anything else, Code::unsupported_version for a newer form.
Result<Entry> parse_entry(ByteView bytes);

}  // namespace nsl::enclave::audit
