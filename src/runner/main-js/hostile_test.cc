// A function that has captured its engine (nsl-runner-js-test gives it raw system calls and the raw
// socket): the cage and the supervisor hold without the engine's help.
#include <errno.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "core/base/result.h"
#include "runner/abi/abi.h"
#include "runner/testing/driver.h"

namespace nsl::runner {
namespace {

using Finished = v1::RunFinished;
using testing::Driver;
using testing::RunRecord;

class Hostile : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { driver_ = std::make_unique<Driver>("nsl-runner-js-test"); }
  static void TearDownTestSuite() { driver_.reset(); }

  static RunRecord run(const std::string& body) {
    return driver_->run("function main() {\n" + body + "\n}");
  }
  static std::string output_of(const std::string& body) {
    const RunRecord record = run(body);
    EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
    return record.finished.output();
  }
  static std::string syscall(long number, const std::string& arguments = "") {
    return "return __test.syscall(" + std::to_string(number) + arguments + ");";
  }
  static RunRecord send(const std::string& bytes) {
    std::string list;
    for (const char byte : bytes) list += std::to_string(static_cast<std::uint8_t>(byte)) + ",";
    return run("__test.send(new Uint8Array([" + list + "])); return 1;");
  }
  static void expect_protocol_breach(const RunRecord& record) {
    EXPECT_EQ(record.finished.status(), Finished::CRASHED) << record.finished.ShortDebugString();
    EXPECT_EQ(record.finished.error().code(), code_text(Code::runner_protocol));
  }

  static std::unique_ptr<Driver> driver_;
};

std::unique_ptr<Driver> Hostile::driver_;
const std::string kEperm = std::to_string(-EPERM);

TEST_F(Hostile, CannotOpenFiles) {
  EXPECT_EQ(output_of(syscall(SYS_open, ", '/etc/passwd', 0")), kEperm);
  EXPECT_EQ(output_of(syscall(SYS_openat, ", -100, '/proc/self/maps', 0")), kEperm);
  EXPECT_EQ(output_of(syscall(SYS_readlink, ", '/proc/self/exe', 0, 0")), kEperm);
  EXPECT_EQ(output_of(syscall(SYS_getdents64, ", 3, 0, 0")), kEperm);
}

TEST_F(Hostile, CannotReachTheNetwork) {
  EXPECT_EQ(output_of(syscall(SYS_socket, ", 2, 1, 0")), kEperm);
  EXPECT_EQ(output_of(syscall(SYS_socket, ", 1, 1, 0")), kEperm);
  EXPECT_EQ(output_of(syscall(SYS_connect, ", 3, 0, 0")), kEperm);
  EXPECT_EQ(output_of(syscall(SYS_sendmsg, ", 3, 0, 0")), kEperm);
}

TEST_F(Hostile, IsKilledForStartingAProcess) {
  for (const long number :
       {SYS_fork, SYS_vfork, SYS_clone, SYS_clone3, SYS_execve, SYS_ptrace, SYS_kill}) {
    const RunRecord record = run(syscall(number, ", 0, 0, 0, 0"));
    EXPECT_EQ(record.finished.status(), Finished::CRASHED) << number;
    EXPECT_NE(record.finished.error().message().find("forbidden system call"), std::string::npos);
  }
}

TEST_F(Hostile, HasOnlyItsOwnSocket) {
  for (const int number : {0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 50}) {
    EXPECT_EQ(output_of(syscall(SYS_sendto, ", " + std::to_string(number) + ", 'x', 1, 0, 0, 0")),
              kEperm);
  }
}

TEST_F(Hostile, CannotMakeMemoryExecutable) {
  EXPECT_EQ(output_of(syscall(SYS_mmap, ", 0, 4096, 5, 34, -1, 0")), kEperm);
  EXPECT_EQ(output_of(syscall(SYS_mprotect, ", 0, 4096, 7")), kEperm);
}

TEST_F(Hostile, ACrashIsReportedAndTheNextRunWorks) {
  EXPECT_EQ(run("__test.crash();").finished.status(), Finished::CRASHED);
  EXPECT_EQ(run("__test.exit(0);").finished.status(), Finished::CRASHED);
  EXPECT_EQ(run("__test.exit(9);").finished.status(), Finished::CRASHED);
  EXPECT_EQ(output_of("return 1;"), "1");
}

TEST_F(Hostile, AnotherAddressLayoutAfterACrash) {
  Driver driver("nsl-runner-js-test");
  driver.wait_ready();
  const std::vector<pid_t> before = testing::children_of(driver.pid());
  driver.run("function main() { __test.crash(); }");
  EXPECT_EQ(driver.run("function main() { return 1; }").finished.output(), "1");
  EXPECT_NE(testing::children_of(driver.pid()), before);
}

TEST_F(Hostile, ForgedFramesEndTheRun) {
  expect_protocol_breach(send(std::string("\xff\xff\xff\xff", 4)));
  expect_protocol_breach(send(std::string("\0\0\0\1\x63", 5)));
  expect_protocol_breach(send(std::string("\0\0\0\0", 4)));
  expect_protocol_breach(send(abi::encode(abi::Job{})));
  expect_protocol_breach(send(abi::encode(abi::Reply{})));
  expect_protocol_breach(send(abi::encode(abi::LogText{.text = "\xff"})));
}

TEST_F(Hostile, ForgedCallsEndTheRun) {
  expect_protocol_breach(
      send(abi::encode(abi::Call{.call_id = 1, .method = "a", .arguments = "{}"})));
  expect_protocol_breach(
      send(abi::encode(abi::Call{.call_id = 0, .method = "a", .arguments = "{"})));
  std::string many;
  for (std::uint32_t i = 0; i < 40; ++i) {
    many += abi::encode(abi::Call{.call_id = i, .method = "none", .arguments = "{}"});
  }
  Driver driver("nsl-runner-js-test");
  driver.on("none", [](const v1::HostCall&) { return ""; });
  std::string list;
  for (const char byte : many) list += std::to_string(static_cast<std::uint8_t>(byte)) + ",";
  expect_protocol_breach(
      driver.run("function main() { __test.send(new Uint8Array([" + list + "])); for (;;); }"));
}

TEST_F(Hostile, AForgedResultIsHeldToTheLimits) {
  const RunRecord invalid = run("__test.send(new Uint8Array([" + [] {
    std::string list;
    for (const char byte : abi::encode(abi::Done{.output = "NaN"})) {
      list += std::to_string(static_cast<std::uint8_t>(byte)) + ",";
    }
    return list;
  }() + "])); __test.exit(0);");
  EXPECT_EQ(invalid.finished.status(), Finished::OUTPUT_INVALID);
}

TEST_F(Hostile, TwoResultsEndTheRun) {
  expect_protocol_breach(send(abi::encode(abi::Done{.output = "2"})));
}

TEST_F(Hostile, ALogFloodBehindTheEnginesBackEndsTheRun) {
  const std::string log = abi::encode(abi::LogText{.text = std::string(1000, 'x')});
  std::string list;
  for (const char byte : log) list += std::to_string(static_cast<std::uint8_t>(byte)) + ",";
  const RunRecord record =
      run("const b = new Uint8Array([" + list + "]); for (;;) __test.send(b);");
  expect_protocol_breach(record);
}

TEST_F(Hostile, MemoryBehindTheEnginesBackIsBounded) {
  EXPECT_EQ(output_of("let n = 0; while (__test.syscall(" + std::to_string(SYS_mmap) +
                      ", 0, 1 << 22, 3, 34, -1, 0) > 0 && n < 1000) ++n; return n < 64;"),
            "true");
}

}  // namespace
}  // namespace nsl::runner
