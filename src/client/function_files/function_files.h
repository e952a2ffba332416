// A folder as the files of a function: what `nsl function deploy --dir` packs and `nsl test` runs.
//
// Left out are names that begin with a dot, `__pycache__`, and tests (*.test.json). The same folder
// gives the same files on every machine. Links are refused: what they lead to may be anything.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/archive.h"
#include "core/base/result.h"

namespace nsl::client::function_files {

// Sorted by path. Code::cli_usage when the folder cannot be read; what a function cannot have is
// refused as the service would refuse it.
Result<std::vector<archive::File>> read_folder(const std::filesystem::path& folder);

// The file with the handlers when nobody names it: main.js, main.mjs, main.py or Function.cs.
// Code::cli_usage when there is none of them, or more than one.
Result<std::string> find_entry_file(const std::vector<archive::File>& files);

}  // namespace nsl::client::function_files
