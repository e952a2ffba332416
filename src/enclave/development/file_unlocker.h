// The unlocker of development mode: root seed and state head in files. Whoever can read the
// directory has every key; that is what "not a TEE" means.
#pragma once

#include <memory>
#include <string>

#include "core/base/random.h"
#include "enclave/development/head_file.h"
#include "enclave/keys/unlocker.h"

namespace nsl::enclave::development {

class FileUnlocker final : public keys::Unlocker {
 public:
  // Makes the directory (mode 0700) if it is absent. Code::conflict when another enclave uses it.
  static Result<std::unique_ptr<FileUnlocker>> open(const std::string& directory, Random& random);

  // Makes the seed at the first start. Code::unlock_failed when a file of the pair is missing: the
  // seed without the head could accept an older store, the head without the seed opens nothing.
  Result<Secret<32>> unlock() override;
  Result<keys::StateHead> load_head() override { return head_->load(); }
  Result<void> save_head(const keys::StateHead& head) override { return head_->save(head); }

 private:
  FileUnlocker(std::string seed_path, std::unique_ptr<HeadFile> head, Random& random)
      : seed_path_(std::move(seed_path)), head_(std::move(head)), random_(random) {}

  const std::string seed_path_;
  const std::unique_ptr<HeadFile> head_;
  Random& random_;
};

}  // namespace nsl::enclave::development
