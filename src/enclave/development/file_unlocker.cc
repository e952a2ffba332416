#include "enclave/development/file_unlocker.h"

#include <utility>

namespace nsl::enclave::development {
namespace {

constexpr std::size_t kSeedBytes = 32;

}  // namespace

Result<std::unique_ptr<FileUnlocker>> FileUnlocker::open(const std::string& directory,
                                                         Random& random) {
  NSL_TRY_VOID(ensure_private_directory(directory));
  const std::string seed_path = directory + "/root.seed";
  const std::string head_path = directory + "/state.head";
  if (file_exists(seed_path) && !file_exists(head_path)) {
    return fail(Code::unlock_failed, "The file with the last state head is missing");
  }
  NSL_TRY(std::unique_ptr<HeadFile> head, HeadFile::open(head_path));
  return std::unique_ptr<FileUnlocker>(new FileUnlocker(seed_path, std::move(head), random));
}

Result<Secret<32>> FileUnlocker::unlock() {
  NSL_TRY(const std::optional<SecretBytes> stored, read_private_file(seed_path_, kSeedBytes));
  if (stored.has_value()) {
    if (stored->size() != kSeedBytes) {
      return fail(Code::unlock_failed, "The file with the root seed is damaged");
    }
    return Secret<32>::copy_of(stored->reveal().first<kSeedBytes>());
  }
  // The head file is made first, so a crash between the two leaves an unused head and no seed.
  NSL_TRY(const keys::StateHead head, head_->load());
  if (head != keys::StateHead{}) {
    return fail(Code::unlock_failed, "The file with the root seed is missing");
  }
  Secret<32> seed;
  random_.fill(seed.reveal_mutable());
  NSL_TRY_VOID(replace_file(seed_path_, seed.reveal(), FileMode::private_to_owner));
  return seed;
}

}  // namespace nsl::enclave::development
