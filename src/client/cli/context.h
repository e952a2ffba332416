// What a command works with. One per run of the program; everything in it is borrowed, so that a
// test brings its own clock, randomness, network and terminal.
#pragma once

#include <memory>
#include <optional>

#include "client/api/http.h"
#include "client/api/session.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "client/cli/printer.h"
#include "client/cli/settings.h"
#include "client/cli/terminal.h"
#include "core/base/clock.h"
#include "core/base/random.h"

namespace nsl::client::cli {

struct Context {
  Printer& printer;
  Terminal& terminal;
  api::Http& http;
  const Clock& clock;
  Random& random;
  Place place;
  GlobalOptions globals = {};
  // Made by open_session; kept so that an error can tell what the service said.
  std::unique_ptr<api::Session> session = nullptr;
};

// The service named by the options, with the stored token when there is one.
Result<api::Session*> open_session(Context& context);

// A file's text, or standard input for "-".
Result<std::string> read_source(Context& context, const std::string& file,
                                std::size_t bytes_max = kFileBytesMax);

}  // namespace nsl::client::cli
