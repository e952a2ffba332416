// What a run and its supervisor say to each other over the run's only descriptor.
//
// A frame is a 4-byte big-endian length and a body: one kind byte, then fields. Numbers are
// big-endian; texts are a 4-byte length and UTF-8. The supervisor trusts nothing in a frame that
// comes from a run: parse_from_run() accepts exactly what encode() makes, and refuses trailing
// bytes, unknown values and texts that are not UTF-8. The run's side (an engine) trusts the
// supervisor and uses the same code.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/result.h"

namespace nsl::runner::abi {

// Which handler the function's conventions name.
// `compile` names none: the source is checked, and compiled where the language needs it.
enum class RunKind : std::uint8_t { invoke, event, scheduled, fetch, compile };

// What all randomness of a run comes from.
using Seed = std::array<std::uint64_t, 4>;

// A file of the function; any bytes.
struct SourceFile {
  // Relative and checked, "lib/price.js".
  std::string path = {};
  std::string content = {};
};

// Supervisor to run, once; one after the other to a process that is reused.
struct Job {
  RunKind kind = RunKind::invoke;
  std::uint64_t memory_bytes = 0;
  std::uint32_t output_bytes = 0;
  std::uint32_t log_bytes = 0;
  std::string entry_point = {};
  std::string source = {};
  std::string input = {};
  std::string context = {};
  // The run's time when it begins, in milliseconds since 1970.
  std::uint64_t time_ms = 0;
  Seed seed = {};
  // What a `compile` answered; any bytes, empty for a language that runs from its source.
  std::string artifact = {};
  // Instead of `source`: sorted by path. `entry_file` is the one that holds the handlers.
  std::vector<SourceFile> files = {};
  std::string entry_file = {};
  // The process waits for another job afterwards; that one holds no code.
  bool has_successor = false;
};

// The part of a job that is code; the job of a run that begins in a template holds none.
void copy_code(const Job& from, Job& to);

// Supervisor to run: the answer to a call. `code` is empty when it went well and `value` is then
// JSON text, else a message. From then on the run's time is `time_ms`.
struct Reply {
  std::uint32_t call_id = 0;
  std::uint64_t time_ms = 0;
  std::string code = {};
  std::string value = {};
};

// Run to supervisor: call ids count 0, 1, 2, ... in the order the function made the calls.
struct Call {
  std::uint32_t call_id = 0;
  std::string method = {};
  std::string arguments = {};
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct LogText {
  LogLevel level = LogLevel::info;
  std::string text = {};
};

enum class DoneStatus : std::uint8_t {
  succeeded,
  failed,
  memory,
  output_too_large,
  output_invalid
};

// Run to supervisor, once and last. `line` and `column` count from 1 in the user's source; 0 means
// unknown.
struct Done {
  DoneStatus status = DoneStatus::succeeded;
  std::string output = {};
  std::string message = {};
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string stack = {};
  // Of a `compile` that succeeded; any bytes.
  std::string artifact = {};
  // The one of the function's files that `line` is in; empty when it has but one source.
  std::string file = {};
};

using ToRun = std::variant<Job, Reply>;
using FromRun = std::variant<Call, LogText, Done>;

// Whole frames, length included.
std::string encode(const Job& job);
std::string encode(const Reply& reply);
std::string encode(const Call& call);
std::string encode(const LogText& log);
std::string encode(const Done& done);

// The body of one frame, without its length.
Result<ToRun> parse_to_run(ByteView body);
Result<FromRun> parse_from_run(ByteView body);

// Longest texts a run may send outside outputs and arguments, in bytes; encode() cuts to them.
inline constexpr std::size_t kMethodBytesMax = 64;
inline constexpr std::size_t kMessageBytesMax = 4096;
inline constexpr std::size_t kStackBytesMax = 8192;
inline constexpr std::size_t kFileBytesMax = limits::kFunctionPathBytesMax;

// How an engine ends without a Done frame when memory is gone so far that none can be made.
inline constexpr int kExitOutOfMemory = 71;

// The longest prefix of at most `bytes` bytes that does not cut a UTF-8 sequence.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

}  // namespace nsl::runner::abi
