// nsl: the command line of Neo Service Layer.
#include <google/protobuf/stubs/logging.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "client/api/http.h"
#include "client/cli/app.h"

int main(int argc, char** argv) {
  using namespace nsl;
  using namespace nsl::client;
  // A malformed reply is reported as an error of ours, not by the library.
  google::protobuf::SetLogHandler(nullptr);
  cli::Printer printer(std::cout, std::cerr);
  cli::SystemTerminal terminal;
  api::CurlHttp http;
  const SystemClock clock;
  SystemRandom random;
  std::error_code error;
  const cli::Environment environment = [](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return std::string(value == nullptr ? "" : value);
  };
  cli::Context context{printer, terminal,
                       http,    clock,
                       random,  cli::Place{environment, std::filesystem::current_path(error)}};
  return static_cast<int>(cli::run(context, std::vector<std::string>(argv + 1, argv + argc)));
}
