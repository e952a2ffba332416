#include "enclave/development/head_file.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/crypto/hash.h"
#include "enclave/keys/path.h"

namespace nsl::enclave::development {
namespace {

constexpr std::string_view kMagic = "NSLHEAD1";
constexpr std::size_t kCheckedBytes = kHeadSlotBytes - 32;

std::optional<keys::StateHead> find_slot(ByteView contents, std::size_t offset) {
  if (contents.size() < offset + kHeadSlotBytes) return std::nullopt;
  const ByteView slot = contents.subspan(offset, kHeadSlotBytes);
  const crypto::Digest32 digest = crypto::sha256(slot.first(kCheckedBytes));
  if (as_text(slot.first(8)) != kMagic || !equal(slot.subspan(kCheckedBytes), digest)) {
    return std::nullopt;
  }
  keys::StateHead head{.counter = keys::read_number(slot.subspan(8, 8)), .head = {}};
  std::ranges::copy(slot.subspan(16, 32), head.head.begin());
  return head;
}

std::size_t offset_of(std::uint64_t counter) { return counter % 2 * kHeadSlotDistance; }

}  // namespace

Bytes encode_head_slot(const keys::StateHead& head) {
  Bytes slot = to_bytes(kMagic);
  keys::append_number(slot, head.counter, 8);
  append(slot, head.head);
  append(slot, crypto::sha256(slot));
  return slot;
}

Result<keys::StateHead> parse_head_file(ByteView contents) {
  const auto even = find_slot(contents, 0);
  const auto odd = find_slot(contents, kHeadSlotDistance);
  if (!even.has_value() && !odd.has_value()) {
    return fail(Code::unlock_failed, "The file with the last state head is damaged");
  }
  if (!even.has_value()) return *odd;
  if (!odd.has_value()) return *even;
  return even->counter > odd->counter ? *even : *odd;
}

Result<std::unique_ptr<HeadFile>> HeadFile::open(const std::string& path) {
  Bytes initial = encode_head_slot({});
  initial.resize(kHeadSlotDistance + kHeadSlotBytes);
  NSL_TRY(std::unique_ptr<SlotFile> file, SlotFile::open(path, initial));
  return std::unique_ptr<HeadFile>(new HeadFile(std::move(file)));
}

Result<keys::StateHead> HeadFile::load() {
  MutexLock lock(mutex_);
  NSL_TRY(const Bytes contents, file_->read_all());
  return parse_head_file(contents);
}

Result<void> HeadFile::save(const keys::StateHead& head) {
  MutexLock lock(mutex_);
  return file_->write_at(offset_of(head.counter), encode_head_slot(head));
}

}  // namespace nsl::enclave::development
