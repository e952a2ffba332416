#include "client/dev/process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

namespace nsl::client::dev {
namespace {

namespace fs = std::filesystem;

class Processes : public testing::Test {
 protected:
  fs::path folder_ = make_socket_folder().value();
  ~Processes() override { fs::remove_all(folder_); }

  Process start(const std::string& script) const {
    return Process::start({"/bin/sh", {"-c", script}, folder_ / "log"}).value();
  }
  std::string log() const {
    std::ifstream file(folder_ / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(Processes, WriteToTheirLogAndTellHowTheyEnded) {
  StopSignals signals;
  Process process = start("echo out; echo err >&2; exit 3");
  EXPECT_EQ(signals.wait({&process}, 10'000), StopSignals::Woken::child);
  EXPECT_EQ(process.ending(), "exit status 3");
  EXPECT_EQ(log(), "out\nerr\n");
}

// The script tells its parent by a signal that its trap is set.
TEST_F(Processes, StopWhenAsked) {
  StopSignals signals;
  Process process = start("trap 'echo bye; exit 0' TERM; kill -INT $PPID; while :; do :; done");
  ASSERT_EQ(signals.wait({&process}, 10'000), StopSignals::Woken::stop);
  process.stop(10'000);
  EXPECT_EQ(process.ending(), "exit status 0");
  EXPECT_EQ(log(), "bye\n");
}

TEST_F(Processes, AreKilledWhenTheyDoNotStop) {
  StopSignals signals;
  Process process = start("trap '' TERM; kill -INT $PPID; exec sleep 600");
  ASSERT_EQ(signals.wait({&process}, 10'000), StopSignals::Woken::stop);
  process.stop(50);
  ASSERT_TRUE(process.ending().has_value());
  EXPECT_TRUE(process.ending()->starts_with("signal"));
}

TEST_F(Processes, AreGoneWithTheirOwner) {
  pid_t pid = 0;
  {
    const Process process = start("exec sleep 600");
    pid = process.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST_F(Processes, SayWhenTheProgramCannotRun) {
  Process process = Process::start({folder_ / "absent", {}, folder_ / "log"}).value();
  StopSignals signals;
  EXPECT_EQ(signals.wait({&process}, 10'000), StopSignals::Woken::child);
  EXPECT_EQ(process.ending(), "exit status 127");
}

TEST_F(Processes, AStopSignalWakesInsteadOfKilling) {
  StopSignals signals;
  ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
  EXPECT_EQ(signals.wait({}, 10'000), StopSignals::Woken::stop);
  EXPECT_EQ(signals.wait({}, 0), StopSignals::Woken::timeout);
}

TEST_F(Processes, OnlyOneHoldsAStateFolder) {
  {
    const auto first = FolderLock::take(folder_ / "lock");
    ASSERT_TRUE(first.has_value());
    const auto second = FolderLock::take(folder_ / "lock");
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code(), Code::conflict);
  }
  EXPECT_TRUE(FolderLock::take(folder_ / "lock").has_value());
}

}  // namespace
}  // namespace nsl::client::dev
