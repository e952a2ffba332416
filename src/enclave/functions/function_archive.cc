#include "enclave/functions/function_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/archive/archive.h"
#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "core/crypto/hash.h"

namespace nsl::enclave::functions {
namespace {

using nsl::v1::PutFunctionRequest;

// What the entry file is called when nobody says it, the first that is there.
std::array<std::string_view, 2> entry_files_of(PutFunctionRequest::Runtime runtime) {
  switch (runtime) {
    case PutFunctionRequest::python:
      return {"main.py", {}};
    case PutFunctionRequest::csharp:
      return {"Function.cs", {}};
    default:  // proto3 enums are open; the runtime was checked before
      return {"main.js", "main.mjs"};
  }
}

bool has_file(const stored::FunctionVersionRecord& version, std::string_view path) {
  return std::ranges::any_of(
      version.files(), [path](const nsl::v1::FunctionFile& file) { return file.path() == path; });
}

Result<std::string> entry_file_of(const stored::FunctionVersionRecord& version) {
  const PutFunctionRequest& content = version.content();
  if (!content.entry_file().empty()) {
    if (has_file(version, content.entry_file())) return content.entry_file();
    return fail(Code::function_invalid, "/entry_file: the archive has no such file");
  }
  const auto names = entry_files_of(content.runtime());
  for (const std::string_view name : names) {
    if (has_file(version, name)) return std::string(name);
  }
  return fail(Code::function_invalid,
              fmt::format("/entry_file: the archive has no {}; name the file", names[0]));
}

}  // namespace

Result<void> unpack_archive(stored::FunctionVersionRecord& version) {
  PutFunctionRequest& content = *version.mutable_content();
  if (content.archive().empty()) {
    if (content.entry_file().empty()) return {};
    return fail(Code::invalid_argument, "/entry_file: goes with an archive");
  }
  if (!content.source().empty()) {
    return fail(Code::invalid_argument, "/archive: stands beside a source");
  }
  if (std::cmp_greater(content.archive().size(), limits::kFunctionArchiveBytesMax)) {
    return fail(Code::archive_too_large,
                fmt::format("/archive: has more than {} bytes", limits::kFunctionArchiveBytesMax));
  }
  auto files = archive::read_archive(as_bytes(content.archive()));
  if (!files.has_value()) {
    return fail(files.error().code(), "/archive: " + files.error().message());
  }
  content.clear_archive();
  for (archive::File& file : *files) {
    nsl::v1::FunctionFile& stored = *version.add_files();
    stored.set_path(std::move(file.path));
    stored.set_content(std::move(file.content));
  }
  NSL_TRY(*content.mutable_entry_file(), entry_file_of(version));
  return {};
}

void describe_file(nsl::v1::FunctionFile& file) {
  file.set_size(static_cast<std::uint32_t>(file.content().size()));
  file.set_digest("0x" + codec::encode_hex(crypto::sha256(as_bytes(file.content()))));
}

}  // namespace nsl::enclave::functions
