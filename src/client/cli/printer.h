// The one way out: answers on standard output, talk on standard error. For people an object is
// short aligned lines and a list is a table; with --json it is one JSON object.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/object.h"
#include "core/base/bytes.h"
#include "core/base/result.h"
#include "nsl/v1/common.pb.h"

namespace nsl::client::cli {

enum class Format : std::uint8_t { human, json };
enum class Talk : std::uint8_t { normal, quiet };

class Printer {
 public:
  Printer(std::ostream& answers, std::ostream& talk) : answers_(answers), talk_(talk) {}

  // Chosen by --json and --quiet once the command line is read.
  void configure(Format format, Talk talk) {
    format_ = format;
    mode_ = talk;
  }
  Format format() const { return format_; }

  void answer(const Object& object);
  // JSON with every field of the message; for people those that are set. A message with a field
  // `items` is a table of `columns`.
  void answer(const google::protobuf::Message& message, const std::vector<std::string>& columns);
  // Exactly these bytes, such as a receipt or a help page.
  void raw(ByteView bytes);
  // What goes on; not with --quiet.
  void say(std::string_view line);
  // Said also with --quiet.
  void warn(std::string_view line);
  // What happened, why, and the next command to try.
  void error(const Error& error, const std::optional<v1::Problem>& problem, std::string_view next);

 private:
  std::ostream& answers_;
  std::ostream& talk_;
  Format format_ = Format::human;
  Talk mode_ = Talk::normal;
};

}  // namespace nsl::client::cli
