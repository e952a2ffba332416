// Collector takes the entries of an archive one by one and refuses the first that a function cannot
// have. Not for other folders.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/archive.h"

namespace nsl::archive {

// A name from an archive as it may be shown: printable, short, in quotes.
std::string quoted(std::string_view name);

// The error of one entry.
std::unexpected<Error> refuse(Code code, std::string_view name, std::string_view why);

class Collector {
 public:
  // `name` as it stands in the archive, a leading "./" included. Before anything of its content is
  // looked at.
  Result<void> enter_folder(std::string_view name);
  // `size` is what the archive says. The result is the path.
  Result<std::string> enter_file(std::string_view name, std::uint64_t size);
  // The content of the file that was entered last; not longer than it said.
  void add(std::string path, std::string content);

  Result<std::vector<File>> take() &&;

 private:
  Result<void> count_entry();
  // Folders above `path`, each in one spelling, none of them a file.
  Result<void> enter_parents(std::string_view path);

  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  // By their names without case.
  std::set<std::string> files_by_name_;
  std::map<std::string, std::string> folders_by_name_;
  std::vector<File> files_;
};

// Formats; `archive` is known to begin like one.
Result<void> read_zip(ByteView archive, Collector& collector);
Result<void> read_tar(ByteView archive, Collector& collector);

}  // namespace nsl::archive
