// The files of a zip, tar or tar.gz, for code that is deployed as several files.
//
// Strict: what two readers could understand in two ways is refused, and so is everything that is
// not a plain file or a folder. Every bound is checked before memory is taken for what it bounds.
// Paths are relative, made of visible ASCII, and no two differ by case alone, so that the files
// mean the same on every machine. The result depends on paths and contents only: not on the format,
// the order or the times.
//
// Errors: Code::archive_malformed (no such archive, or broken), Code::archive_entry_refused (holds
// what a function cannot have), Code::archive_too_large. The message names the entry, made
// printable.
//
// Zip: APPNOTE.TXT 6.3.10 without zip64, encryption, comments and other methods than stored and
// deflate. Tar: POSIX.1-2017 ustar and pax, and GNU's long names. Gzip: RFC 1952, one member.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::archive {

struct File {
  std::string path;
  // Any bytes.
  std::string content = {};

  bool operator==(const File&) const = default;
};

// Sorted by path; at least one.
Result<std::vector<File>> read_archive(ByteView archive);

// Whether a function's file may be called that.
Result<void> check_path(std::string_view path);

}  // namespace nsl::archive
