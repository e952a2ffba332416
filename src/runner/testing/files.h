// Functions of several files.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nsl/runner/v1/runner.pb.h"

namespace nsl::runner::testing {

// Path and content of each; the first one holds the handlers.
using Files = std::vector<std::pair<std::string, std::string>>;

inline v1::StartRun to_request(const Files& files, v1::RunKind kind = v1::INVOKE) {
  v1::StartRun request;
  request.set_kind(kind);
  request.set_entry_file(files.front().first);
  for (const auto& [path, content] : files) {
    v1::SourceFile& file = *request.add_files();
    file.set_path(path);
    file.set_content(content);
  }
  return request;
}

}  // namespace nsl::runner::testing
