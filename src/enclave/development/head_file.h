// Where the last state head is kept: one file with two slots that are written in turn. A slot that
// was torn by a crash does not check out, and the other one, one commit older, counts. Keeping a
// head costs one flush.
//
//   slot = "NSLHEAD1" || counter (8, big-endian) || head (32) || SHA-256 of the 48 bytes before
#pragma once

#include <memory>
#include <string>

#include "core/base/mutex.h"
#include "core/base/result.h"
#include "enclave/development/private_file.h"
#include "enclave/keys/unlocker.h"

namespace nsl::enclave::development {

inline constexpr std::size_t kHeadSlotBytes = 8 + 8 + 32 + 32;
// Slots lie in different blocks of the disk.
inline constexpr std::size_t kHeadSlotDistance = 4096;

Bytes encode_head_slot(const keys::StateHead& head);
// The newest slot that checks out; Code::unlock_failed when there is none.
Result<keys::StateHead> parse_head_file(ByteView contents);

class HeadFile {
 public:
  // Starts with counter 0 when the file is absent.
  static Result<std::unique_ptr<HeadFile>> open(const std::string& path);

  Result<keys::StateHead> load() NSL_EXCLUDES(mutex_);
  // Durable on return. The counter must not be smaller than the last one.
  Result<void> save(const keys::StateHead& head) NSL_EXCLUDES(mutex_);

 private:
  explicit HeadFile(std::unique_ptr<SlotFile> file) : file_(std::move(file)) {}

  Mutex mutex_;
  const std::unique_ptr<SlotFile> file_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::development
