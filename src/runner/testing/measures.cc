#include "runner/testing/measures.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "runner/posix/descriptor.h"
#include "runner/posix/process.h"

namespace nsl::runner::testing {
namespace {

constexpr int kRounds = 7;
// About a host call's: its method, key and an answer.
constexpr std::size_t kPipeMessageBytes = 64;

// Both ends of a pipe.
struct Pipe {
  posix::Descriptor reader;
  posix::Descriptor writer;

  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe(ends.data()) != 0) return;
    reader = posix::Descriptor(ends[0]);
    writer = posix::Descriptor(ends[1]);
  }
};

using PipeMessage = std::array<char, kPipeMessageBytes>;

bool pass_on(const Pipe& from, const Pipe& to, PipeMessage& message) {
  return ::read(from.reader.number(), message.data(), message.size()) ==
             static_cast<ssize_t>(message.size()) &&
         ::write(to.writer.number(), message.data(), message.size()) ==
             static_cast<ssize_t>(message.size());
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void measure_round(Measure& measure) {
  std::vector<double> times;
  for (int i = 0; i < measure.repetitions; ++i) {
    const std::int64_t start = posix::monotonic_us();
    if (!measure.once()) return;
    times.push_back(static_cast<double>(posix::monotonic_us() - start) / measure.divisor);
  }
  std::ranges::sort(times);
  measure.p50_us.push_back(times[times.size() / 2]);
  measure.p99_us.push_back(times[times.size() * 99 / 100]);
}

// Takes `--rounds N` out of the words.
int take_rounds(std::vector<std::string>& words) {
  const auto found = std::ranges::find(words, "--rounds");
  if (found == words.end() || found + 1 == words.end()) return kRounds;
  int rounds = kRounds;
  const std::string& text = *(found + 1);
  std::from_chars(text.data(), text.data() + text.size(), rounds);
  words.erase(found, found + 2);
  return rounds;
}

}  // namespace

bool fork_and_wait() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  return child > 0 && posix::wait_for(child) == 0;
}

bool pipe_round_trips() {
  Pipe there;
  Pipe back;
  if (!there.writer.is_open() || !back.writer.is_open()) return false;
  PipeMessage message{};
  const pid_t child = ::fork();
  if (child == 0) {
    there.writer.reset();
    for (int i = 0; i < kPipeRoundTrips; ++i) {
      if (!pass_on(there, back, message)) ::_exit(1);
    }
    ::_exit(0);
  }
  there.reader.reset();
  back.writer.reset();
  bool is_well = ::write(there.writer.number(), message.data(), message.size()) > 0;
  for (int i = 1; is_well && i < kPipeRoundTrips; ++i) is_well = pass_on(back, there, message);
  is_well = is_well && ::read(back.reader.number(), message.data(), message.size()) > 0;
  there.writer.reset();
  return child > 0 && posix::wait_for(child) == 0 && is_well;
}

bool run_once(Driver& driver, const std::string& source) {
  return driver.run(source, "{\"a\":1}").finished.status() == v1::RunFinished::SUCCEEDED;
}

double cpu_us_of(Driver& driver, const std::string& source) {
  std::vector<double> times;
  for (int i = 0; i < 100; ++i) {
    times.push_back(static_cast<double>(driver.run(source, "{\"a\":1}").finished.stats().cpu_us()));
  }
  return median(std::move(times));
}

bool shell(const char* command) { return std::system(command) == 0; }

int run_measures(std::vector<Measure> measures, std::vector<std::string> words,
                 const std::function<double()>& cold_run_cpu_us) {
  const bool is_json = std::erase(words, "--json") > 0;
  const int rounds = take_rounds(words);
  if (!words.empty()) {
    std::erase_if(measures, [&words](const Measure& measure) {
      return std::ranges::find(words, measure.name) == words.end();
    });
  }
  for (Measure& measure : measures) measure.once();
  for (int round = 0; round < rounds; ++round) {
    for (Measure& measure : measures) measure_round(measure);
  }
  for (const Measure& measure : measures) {
    if (measure.p50_us.empty()) return 1;
    std::printf(is_json ? "{\"measure\":\"%s\",\"p50_us\":%.1f,\"p99_us\":%.1f}\n"
                        : "%-18s p50 %9.1f us   p99 %9.1f us\n",
                measure.name.c_str(), median(measure.p50_us), median(measure.p99_us));
  }
  std::printf(is_json ? "{\"measure\":\"%s\",\"p50_us\":%.1f}\n" : "%-18s p50 %9.1f us\n",
              "cold run cpu", cold_run_cpu_us());
  return 0;
}

}  // namespace nsl::runner::testing
