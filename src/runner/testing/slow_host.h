// A host whose clock is the test's: to sleep takes as long as it is asked to, and reading from
// storage as many milliseconds as its key says.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

#include "runner/testing/driver.h"

namespace nsl::runner::testing {

class SlowHost {
 public:
  // The driver's replies are this host's from then on.
  explicit SlowHost(Driver& driver) : driver_(driver) {
    driver.on("time.sleep", [this](const v1::HostCall& call) {
      sleeps_.push_back(number_in(call.arguments()));
      return refusal_.empty() ? pass(sleeps_.back(), "null") : refusal_;
    });
    driver.on("storage.get", [this](const v1::HostCall& call) {
      return pass(number_in(call.arguments()), call.arguments());
    });
  }

  // A run that begins when the host's time does.
  RunRecord run(v1::StartRun request) {
    now_ms_ = kBeganMs;
    sleeps_.clear();
    request.set_time_ms(now_ms_);
    return driver_.run(std::move(request));
  }
  // What it was asked to sleep, in milliseconds, by the last run.
  const std::vector<std::uint64_t>& sleeps() const { return sleeps_; }
  // It does not let anyone sleep.
  void refuse_to_sleep(const std::string& message) { refusal_ = "!" + message; }

 private:
  static constexpr std::uint64_t kBeganMs = 1'700'000'000'125;

  static std::uint64_t number_in(const std::string& text) {
    const std::size_t begin = std::min(text.find_first_of("0123456789"), text.size());
    std::uint64_t number = 0;
    std::from_chars(text.data() + begin, text.data() + text.size(), number);
    return number;
  }
  std::string pass(std::uint64_t ms, std::string answer) {
    now_ms_ += ms;
    driver_.set_time(now_ms_);
    return answer;
  }

  Driver& driver_;
  std::uint64_t now_ms_ = 0;
  std::vector<std::uint64_t> sleeps_;
  std::string refusal_;
};

}  // namespace nsl::runner::testing
