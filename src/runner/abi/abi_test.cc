#include "runner/abi/abi.h"

#include <gtest/gtest.h>

using namespace nsl;
using namespace nsl::runner::abi;

namespace {

ByteView body_of(const std::string& frame) { return as_bytes(frame).subspan(4); }

Job sample_job() {
  return {.kind = RunKind::event,
          .memory_bytes = 1ULL << 40,
          .output_bytes = 77,
          .log_bytes = 88,
          .entry_point = "main",
          .source = "f\n",
          .input = "{}",
          .context = "null",
          .time_ms = 1'700'000'000'123,
          .seed = {1, 2, 3, 1ULL << 63},
          .artifact = std::string("\0\xff", 2),
          .files = {{.path = "lib/a.js", .content = "1"},
                    {.path = "main.js", .content = std::string("\0\xff", 2)}},
          .entry_file = "main.js",
          .has_successor = true};
}

TEST(Abi, JobSurvivesTheRoundTrip) {
  const std::string frame = encode(sample_job());
  const auto parsed = parse_to_run(body_of(frame));
  ASSERT_TRUE(parsed.has_value());
  const Job& job = std::get<Job>(*parsed);
  EXPECT_EQ(job.kind, RunKind::event);
  EXPECT_EQ(job.memory_bytes, 1ULL << 40);
  EXPECT_EQ(job.source, "f\n");
  EXPECT_EQ(job.time_ms, 1'700'000'000'123);
  EXPECT_EQ(job.seed, (Seed{1, 2, 3, 1ULL << 63}));
  ASSERT_EQ(job.files.size(), 2U);
  EXPECT_EQ(job.files[1].path, "main.js");
  EXPECT_EQ(job.files[1].content, std::string("\0\xff", 2));
  EXPECT_EQ(job.entry_file, "main.js");
  EXPECT_TRUE(job.has_successor);
  EXPECT_EQ(encode(job), frame);
}

TEST(Abi, AJobHasABoundedNumberOfFiles) {
  Job job = sample_job();
  job.files.assign(static_cast<std::size_t>(limits::kFunctionFilesMax), {.path = "a"});
  EXPECT_TRUE(parse_to_run(body_of(encode(job))).has_value());
  job.files.push_back({.path = "b"});
  EXPECT_FALSE(parse_to_run(body_of(encode(job))).has_value());
}

TEST(Abi, EveryFrameSurvivesTheRoundTrip) {
  const std::string reply =
      encode(Reply{.call_id = 7, .time_ms = 5, .code = "NSL-X", .value = "no"});
  EXPECT_EQ(encode(std::get<Reply>(*parse_to_run(body_of(reply)))), reply);
  const std::string call = encode(Call{.call_id = 9, .method = "a.b", .arguments = "[1]"});
  EXPECT_EQ(encode(std::get<Call>(*parse_from_run(body_of(call)))), call);
  const std::string log = encode(LogText{.level = LogLevel::error, .text = "\xc3\xa4"});
  EXPECT_EQ(encode(std::get<LogText>(*parse_from_run(body_of(log)))), log);
  const std::string done = encode(Done{.status = DoneStatus::failed,
                                       .message = "m",
                                       .line = 3,
                                       .column = 4,
                                       .stack = "s",
                                       .artifact = "a",
                                       .file = "lib/a.js"});
  EXPECT_EQ(encode(std::get<Done>(*parse_from_run(body_of(done)))), done);
}

TEST(Abi, AnArtifactMayBeAnyBytes) {
  const std::string done = encode(Done{.artifact = std::string("\0\xff\xfe", 3)});
  EXPECT_EQ(std::get<Done>(*parse_from_run(body_of(done))).artifact, std::string("\0\xff\xfe", 3));
}

TEST(Abi, RefusesEveryTruncationAndATrailingByte) {
  std::string frame = encode(Done{.output = "{}", .message = "m", .stack = "s"});
  for (std::size_t size = 0; size + 1 < body_of(frame).size(); ++size) {
    EXPECT_FALSE(parse_from_run(body_of(frame).first(size)).has_value()) << size;
  }
  frame.push_back('\0');
  EXPECT_FALSE(parse_from_run(body_of(frame)).has_value());
}

TEST(Abi, RefusesUnknownKindsAndEnumValues) {
  EXPECT_FALSE(parse_from_run(as_bytes("\x63")).has_value());
  std::string log = encode(LogText{.text = "x"});
  log[5] = 4;
  EXPECT_FALSE(parse_from_run(body_of(log)).has_value());
  std::string job = encode(sample_job());
  job[5] = 5;
  EXPECT_FALSE(parse_to_run(body_of(job)).has_value());
}

TEST(Abi, RefusesTextThatIsNotUtf8) {
  EXPECT_FALSE(parse_from_run(body_of(encode(LogText{.text = "\xff"}))).has_value());
}

TEST(Abi, ARunCannotSendWhatOnlyTheSupervisorSends) {
  EXPECT_FALSE(parse_from_run(body_of(encode(sample_job()))).has_value());
  EXPECT_FALSE(parse_from_run(body_of(encode(Reply{}))).has_value());
}

TEST(Abi, CutsLongMessagesAtACharacter) {
  std::string message(kMessageBytesMax - 1, 'a');
  message += "\xc3\xa4";
  const std::string frame = encode(Done{.message = message});
  const auto parsed = parse_from_run(body_of(frame));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(std::get<Done>(*parsed).message.size(), kMessageBytesMax - 1);
}

TEST(Abi, RefusesAMethodLongerThanItsLimit) {
  const Call call{.method = std::string(kMethodBytesMax + 1, 'm')};
  EXPECT_FALSE(parse_from_run(body_of(encode(call))).has_value());
}

}  // namespace
