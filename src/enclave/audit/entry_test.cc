#include "enclave/audit/entry.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/codec/hex.h"

namespace nsl::enclave::audit {
namespace {

const Entry kEntry{.time = WallTime(1'795'000'000'123),
                   .account = "acc_1",
                   .request_id = "req_1",
                   .operation = "nsl.v1.SecretService/Put",
                   .resource = "db-password",
                   .code = "NSL-AUTH-0004"};

TEST(AuditEntry, ReadsBackWhatItEncodes) {
  EXPECT_EQ(parse_entry(encode_entry(kEntry)), kEntry);
  EXPECT_EQ(parse_entry(encode_entry({})), Entry{});
}

TEST(AuditEntry, KeepsTextThatIsNotUtf8AndCutsLongText) {
  Entry hostile = kEntry;
  hostile.resource = "\xff\xfe";
  EXPECT_EQ(parse_entry(encode_entry(hostile)), hostile);
  hostile.resource = std::string(100'000, 'x');
  hostile.account = hostile.request_id = hostile.operation = hostile.code = hostile.resource;
  const Bytes bytes = encode_entry(hostile);
  EXPECT_LE(bytes.size(), static_cast<std::size_t>(limits::kAuditEntryBytesMax));
  EXPECT_EQ(parse_entry(bytes)->resource.size(),
            static_cast<std::size_t>(limits::kAuditTextBytesMax));
}

TEST(AuditEntry, RefusesOtherBytes) {
  const Bytes bytes = encode_entry(kEntry);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_entry(ByteView(bytes).first(size)).has_value());
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(parse_entry(longer).error().code(), Code::record_corrupt);
}

TEST(AuditEntry, SaysWhenANewerReleaseWroteIt) {
  Bytes bytes = encode_entry(kEntry);
  bytes[1] = 2;
  EXPECT_EQ(parse_entry(bytes).error().code(), Code::unsupported_version);
}

}  // namespace
}  // namespace nsl::enclave::audit
