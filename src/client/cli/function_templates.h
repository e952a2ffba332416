// What `nsl init` writes: a function, its tests, and on request the function in two files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nsl::client::cli {

struct TemplateFile {
  // Relative to the folder of the function.
  std::string path;
  std::string content;
};

enum class Layout : unsigned char { one_file, several_files };

// The languages there are templates for.
std::vector<std::string> template_runtimes();
// The file with the handler first, the tests last.
std::vector<TemplateFile> template_files(std::string_view runtime, Layout layout);

}  // namespace nsl::client::cli
