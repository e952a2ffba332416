// Functions of several files.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runner/testing/driver.h"

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

// What the run gives, or the message and the stack of its error.
inline std::string output_of(Driver& driver, const Files& files) {
  const v1::RunFinished finished = driver.run(to_request(files)).finished;
  return finished.has_error() ? finished.error().message() + "\n" + finished.error().stack()
                              : finished.output();
}

// "file:line:column message" of what deploying says; empty: it is valid.
inline std::string mistake_of(Driver& driver, const Files& files) {
  const v1::RunFinished finished = driver.run(to_request(files, v1::COMPILE)).finished;
  if (!finished.has_error()) return {};
  const v1::RunError& error = finished.error();
  return error.file() + ":" + std::to_string(error.line()) + ":" + std::to_string(error.column()) +
         " " + error.message();
}

}  // namespace nsl::runner::testing
