#include "core/archive/archive.h"

#include <algorithm>

#include "core/archive/collector.h"
#include "core/archive/inflate.h"
#include "core/base/limits.h"

namespace nsl::archive {
namespace {

constexpr std::string_view kZip("PK\x03\x04", 4);
constexpr std::string_view kGzip("\x1f\x8b", 2);
// Where a tar says "ustar".
constexpr std::size_t kTarMagicOffset = 257;
// A tar is padded to this much, however little it holds.
constexpr std::size_t kTarPaddingBytes = 16384;

bool is_tar(ByteView bytes) {
  return bytes.size() > kTarMagicOffset + 5 &&
         as_text(bytes.subspan(kTarMagicOffset, 5)) == "ustar";
}

Result<std::string> unpack_gzip(ByteView archive) {
  const std::size_t by_ratio = std::max<std::size_t>(
      kTarPaddingBytes,
      archive.size() * static_cast<std::size_t>(limits::kFunctionArchiveRatioMax));
  const auto bytes_max =
      std::min(by_ratio, static_cast<std::size_t>(limits::kFunctionArchiveTarBytesMax));
  auto tar = inflate(archive, Wrapping::gzip, bytes_max);
  if (tar.has_value()) return *std::move(tar);
  if (tar.error() == InflateError::too_large) {
    return fail(Code::archive_too_large, "The tar.gz unpacks to too much");
  }
  return fail(Code::archive_malformed, "The gzip stream is broken, or something follows it");
}

}  // namespace

Result<std::vector<File>> read_archive(ByteView archive) {
  Collector collector;
  if (as_text(archive).starts_with(kZip)) {
    NSL_TRY_VOID(read_zip(archive, collector));
  } else if (as_text(archive).starts_with(kGzip)) {
    NSL_TRY(const std::string tar, unpack_gzip(archive));
    if (!is_tar(as_bytes(tar))) return fail(Code::archive_malformed, "The gzip holds no tar");
    NSL_TRY_VOID(read_tar(as_bytes(tar), collector));
  } else if (is_tar(archive)) {
    NSL_TRY_VOID(read_tar(archive, collector));
  } else {
    return fail(Code::archive_malformed, "It is no zip, tar or tar.gz that holds files");
  }
  return std::move(collector).take();
}

}  // namespace nsl::archive
