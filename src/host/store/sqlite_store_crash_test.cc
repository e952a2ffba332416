// A child process commits and says so over a pipe; it is killed with SIGKILL at a moment the seed
// picks. Whatever it acknowledged must be in the store afterwards, and nothing by halves.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "host/store/sqlite_store.h"
#include "host/store/store_testing.h"

namespace nsl::host::store {
namespace {

using testing::must_open;
using testing::put_of;
using testing::TemporaryDirectory;

constexpr int kWriters = 8;
constexpr int kCommitsMax = 100000;

std::string key_of(int writer, int number) {
  return std::to_string(writer) + "/" + std::to_string(number);
}

// Each commit puts two records: both or none must survive.
void commit_for_ever(Store& store, int writer, int pipe) {
  for (int number = 0; number < kCommitsMax; ++number) {
    const std::string key = key_of(writer, number);
    auto request = put_of(key + "a", 0, 1, "x");
    *request.add_puts() = put_of(key + "b", 0, 1, "x").puts(0);
    if (!store.commit(request, WallTime(0)).has_value()) return;
    const std::uint32_t acknowledged[2] = {static_cast<std::uint32_t>(writer),
                                           static_cast<std::uint32_t>(number)};
    // A write of 8 bytes to a pipe is atomic.
    if (::write(pipe, acknowledged, sizeof(acknowledged)) != sizeof(acknowledged)) return;
  }
}

[[noreturn]] void run_child(const std::string& path, int pipe) {
  const auto store = must_open(path);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&store, writer, pipe] { commit_for_ever(*store, writer, pipe); });
  }
  for (std::thread& writer : writers) writer.join();
  ::_exit(0);
}

using Acknowledged = std::vector<std::pair<int, int>>;

// Kills the child after `count` acknowledgements and returns all it gave.
Acknowledged kill_after(std::size_t count, const std::string& path) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    run_child(path, pipe[1]);
  }
  ::close(pipe[1]);
  Acknowledged result;
  std::uint32_t pair[2];
  while (::read(pipe[0], pair, sizeof(pair)) == sizeof(pair)) {
    result.emplace_back(static_cast<int>(pair[0]), static_cast<int>(pair[1]));
    if (result.size() == count) ::kill(child, SIGKILL);
  }
  ::close(pipe[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  return result;
}

TEST(SqliteStoreCrash, LosesNothingAcknowledgedAndKeepsNothingByHalves) {
  SeededRandom random(20260101);
  for (int round = 0; round < 5; ++round) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("store.db");
    const auto seed = random.bytes<2>();
    const Acknowledged acknowledged = kill_after(1U + seed[0] + 4U * seed[1], path);
    const auto store = must_open(path);
    for (const auto& [writer, number] : acknowledged) {
      EXPECT_EQ(store->get(key_of(writer, number) + "a")->version(), 1U);
    }
    for (int writer = 0; writer < kWriters; ++writer) {
      for (int number = 0;; ++number) {
        const std::string key = key_of(writer, number);
        const auto first = store->get(key + "a")->version();
        ASSERT_EQ(first, store->get(key + "b")->version());
        if (first == 0) break;
      }
    }
  }
}

}  // namespace
}  // namespace nsl::host::store
