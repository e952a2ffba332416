#include "enclave/vault/record_seal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/base/limits.h"
#include "enclave/vault/anchor.h"

namespace nsl::enclave::vault {
namespace {

class RecordSealTest : public ::testing::Test {
 protected:
  static Secret<32> seed() {
    std::array<std::uint8_t, 32> bytes{};
    bytes.fill(9);
    return Secret<32>::copy_of(bytes);
  }
  static Batch::Put put_of(RecordKey key, std::string_view value) {
    return {.key = std::move(key),
            .value = to_bytes(value),
            .secret_value = {},
            .expected_version = 0,
            .sensitivity = Batch::Sensitivity::ordinary};
  }
  RecordSealer::Context context() const {
    return {.kind = key_.kind, .account = key_.account, .name = name_, .version = 3};
  }
  Code code_of(const RecordSealer& sealer, const RecordSealer::Context& context, ByteView blob) {
    const auto opened = sealer.open(context, blob);
    return opened.has_value() ? Code::internal : opened.error().code();
  }

  const RecordKey key_{.kind = "kind", .account = "acc_1", .id = "id"};
  const keys::KeyTree keys_{seed(), keys::Epoch(1)};
  SeededRandom random_{1};
  const RecordSealer sealer_{keys_, random_};
  const HiddenName name_ = sealer_.name_of(key_);
  const Bytes blob_ = *sealer_.seal(put_of(key_, "value"), name_, 3);
};

TEST_F(RecordSealTest, OpensWhatItSealed) {
  for (const std::size_t size : {0U, 1U, 1000U, 100000U}) {
    const std::string value(size, 'v');
    const Bytes blob = *sealer_.seal(put_of(key_, value), name_, 3);
    const auto opened = sealer_.open(context(), blob);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->id, "id");
    EXPECT_EQ(to_string(opened->value), value);
  }
}

TEST_F(RecordSealTest, SealsTheSameValueDifferentlyEachTime) {
  EXPECT_NE(*sealer_.seal(put_of(key_, "value"), name_, 3), blob_);
}

TEST_F(RecordSealTest, OpensOnlyUnderItsOwnContext) {
  const auto code = [this](std::string_view kind, std::string_view account, std::uint64_t version) {
    return code_of(sealer_, {.kind = kind, .account = account, .name = name_, .version = version},
                   blob_);
  };
  EXPECT_EQ(code("kind", "acc_1", 4), Code::record_corrupt);
  EXPECT_EQ(code("kind", "acc_2", 3), Code::record_corrupt);
  EXPECT_EQ(code("kine", "acc_1", 3), Code::record_corrupt);
  const HiddenName other = sealer_.name_of({.kind = "kind", .account = "acc_1", .id = "di"});
  EXPECT_EQ(
      code_of(sealer_, {.kind = "kind", .account = "acc_1", .name = other, .version = 3}, blob_),
      Code::record_corrupt);
}

TEST_F(RecordSealTest, RefusesEveryChangedByte) {
  for (std::size_t at = 0; at < blob_.size(); ++at) {
    Bytes changed = blob_;
    changed[at] ^= 0x80;
    EXPECT_FALSE(sealer_.open(context(), changed).has_value()) << at;
  }
}

TEST_F(RecordSealTest, SaysWhenANewerReleaseSealedIt) {
  Bytes newer = blob_;
  newer[0] = 2;
  EXPECT_EQ(code_of(sealer_, context(), newer), Code::unsupported_version);
}

TEST_F(RecordSealTest, OpensRecordsOfAnOlderEpochAndOfNoOtherSeed) {
  const keys::KeyTree next_epoch(seed(), keys::Epoch(2));
  EXPECT_TRUE(RecordSealer(next_epoch, random_).open(context(), blob_).has_value());
  const keys::KeyTree other_seed(Secret<32>(), keys::Epoch(1));
  EXPECT_EQ(code_of(RecordSealer(other_seed, random_), context(), blob_), Code::record_corrupt);
}

TEST_F(RecordSealTest, NamesShareAPrefixPerKindAndAccountAndAreDistinct) {
  std::set<HiddenName> names;
  std::set<HiddenName> prefixes;
  for (const char* kind : {"a", "ab"}) {
    for (const char* account : {"", "b", "bc"}) {
      prefixes.insert(sealer_.prefix_of(kind, account));
      for (const char* id : {"c", "bc"}) {
        const HiddenName name = sealer_.name_of({.kind = kind, .account = account, .id = id});
        const HiddenName prefix = sealer_.prefix_of(kind, account);
        EXPECT_TRUE(std::equal(prefix.begin(), prefix.begin() + kNamePrefixBytes, name.begin()));
        names.insert(name);
      }
    }
  }
  EXPECT_EQ(names.size(), 12U);
  EXPECT_EQ(prefixes.size(), 6U);
}

TEST_F(RecordSealTest, RefusesARecordOverTheMaximumSize) {
  const std::string large(limits::kRecordBytesMax, 'x');
  EXPECT_EQ(sealer_.seal(put_of(key_, large), name_, 1).error().code(), Code::limit_exceeded);
}

TEST_F(RecordSealTest, BindsAnAuditEntryToItsPlace) {
  const RecordSealer::AuditEntry entry{.previous = {}, .entry = to_bytes(std::string_view("e"))};
  const Bytes blob = sealer_.seal_audit(5, entry);
  EXPECT_EQ(sealer_.open_audit(5, blob)->entry, entry.entry);
  EXPECT_FALSE(sealer_.open_audit(6, blob).has_value());
  for (std::size_t size = 0; size < blob.size(); ++size) {
    EXPECT_FALSE(sealer_.open_audit(5, ByteView(blob).first(size)).has_value());
  }
}

TEST(Anchor, ReadsBackWhatItEncodes) {
  SeededRandom random(5);
  const Anchor anchor{.counter = 7,
                      .previous_head = random.bytes<32>(),
                      .root = random.bytes<32>(),
                      .audit = {.sequence = 1U << 20, .hash = random.bytes<32>()}};
  const auto parsed = parse_anchor(7, encode_anchor(anchor));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(head_of(*parsed), head_of(anchor));
  EXPECT_EQ(parsed->audit, anchor.audit);
  EXPECT_FALSE(parse_anchor(7, Bytes(103)).has_value());
  EXPECT_FALSE(parse_anchor(7, Bytes(105)).has_value());
}

TEST(Anchor, TheHeadDependsOnEveryPart) {
  SeededRandom random(6);
  const Anchor anchor{.counter = 7,
                      .previous_head = random.bytes<32>(),
                      .root = random.bytes<32>(),
                      .audit = {.sequence = 3, .hash = random.bytes<32>()}};
  std::set<std::array<std::uint8_t, 32>> heads = {head_of(anchor).head};
  Anchor changed = anchor;
  changed.counter = 8;
  heads.insert(head_of(changed).head);
  changed = anchor;
  changed.previous_head[31] ^= 1;
  heads.insert(head_of(changed).head);
  changed = anchor;
  changed.root[0] ^= 1;
  heads.insert(head_of(changed).head);
  changed = anchor;
  changed.audit.sequence = 4;
  heads.insert(head_of(changed).head);
  changed = anchor;
  changed.audit.hash[5] ^= 1;
  heads.insert(head_of(changed).head);
  EXPECT_EQ(heads.size(), 6U);
}

}  // namespace
}  // namespace nsl::enclave::vault
