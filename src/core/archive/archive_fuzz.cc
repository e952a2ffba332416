// Any bytes as an archive: what is read keeps the promises of archive.h, and is the same again from
// a zip of it.
#include <algorithm>

#include "core/archive/pack.h"
#include "core/base/assert.h"
#include "core/base/limits.h"

using namespace nsl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto files = archive::read_archive({data, size});
  if (!files.has_value()) {
    NSL_ASSERT(!files.error().message().empty());
    return 0;
  }
  NSL_ASSERT(!files->empty() && std::cmp_less_equal(files->size(), limits::kFunctionFilesMax));
  NSL_ASSERT(std::ranges::is_sorted(*files, {}, &archive::File::path));
  std::size_t bytes = 0;
  for (const archive::File& file : *files) {
    NSL_ASSERT(archive::check_path(file.path).has_value());
    bytes += file.content.size();
  }
  NSL_ASSERT(std::cmp_less_equal(bytes, limits::kFunctionFilesBytesMax));
  const auto again = archive::read_archive(archive::pack_zip(*files));
  // Only what presses together too far is not read back.
  NSL_ASSERT(again.has_value() ? *again == *files
                               : again.error().code() == Code::archive_too_large);
  return 0;
}
