// A function that has captured Python (nsl-runner-python-test gives it raw system calls and the raw
// socket): what differs from an engine to the next. The rest is shown in main-js and, with every
// layer of the cage, in tests/adversary/sandbox.
#include <errno.h>
#include <sys/syscall.h>

#include "runner/abi/abi.h"
#include "runner/main-python/fixture.h"

namespace nsl::runner {
namespace {

class PythonHostile : public PythonRun {
 protected:
  static void SetUpTestSuite() { driver_ = std::make_unique<Driver>("nsl-runner-python-test"); }

  static std::string call(long number, const std::string& arguments = "") {
    return "def main(): return __test.syscall(" + std::to_string(number) + arguments + ")";
  }
  static RunRecord send(const std::string& bytes) {
    std::string list;
    for (const char byte : bytes) list += std::to_string(static_cast<std::uint8_t>(byte)) + ",";
    return run("def main(): __test.send(bytes([" + list + "]))");
  }
};

TEST_F(PythonHostile, SeesNoFileNoNetworkAndOnlyItsSocket) {
  const std::string refused = std::to_string(-EPERM);
  EXPECT_EQ(output_of(call(SYS_openat, ", -100, '/etc/passwd', 0")), refused);
  EXPECT_EQ(output_of(call(SYS_readlink, ", '/proc/self/exe', 0, 0")), refused);
  EXPECT_EQ(output_of(call(SYS_socket, ", 2, 1, 0")), refused);
  EXPECT_EQ(output_of(call(SYS_mmap, ", 0, 4096, 5, 34, -1, 0")), refused);
  for (const int number : {0, 1, 2, 4, 5, 6, 50}) {
    EXPECT_EQ(output_of(call(SYS_sendto, ", " + std::to_string(number) + ", b'x', 1, 0, 0, 0")),
              refused);
  }
}

TEST_F(PythonHostile, IsKilledForStartingAProcess) {
  for (const long number : {SYS_fork, SYS_vfork, SYS_clone, SYS_clone3, SYS_execve, SYS_ptrace}) {
    const RunRecord record = run(call(number, ", 0, 0, 0, 0"));
    EXPECT_EQ(record.finished.status(), Finished::CRASHED) << number;
    EXPECT_NE(record.finished.error().message().find("forbidden system call"), std::string::npos);
  }
}

TEST_F(PythonHostile, ACrashIsReportedAndTheNextRunWorks) {
  EXPECT_EQ(run("def main(): __test.crash()").finished.status(), Finished::CRASHED);
  EXPECT_EQ(run("def main(): __test.exit(0)").finished.status(), Finished::CRASHED);
  EXPECT_EQ(output_of("def main(): return 1"), "1");
}

TEST_F(PythonHostile, ForgedFramesEndTheRun) {
  for (const std::string& frame :
       {std::string("\xff\xff\xff\xff", 4), abi::encode(abi::Job{}), abi::encode(abi::Reply{}),
        abi::encode(abi::Call{.call_id = 1, .method = "a", .arguments = "{}"}),
        abi::encode(abi::Call{.call_id = 0, .method = "a", .arguments = "{"}),
        abi::encode(abi::Done{.output = "2"})}) {
    const RunRecord record = send(frame);
    EXPECT_EQ(record.finished.status(), Finished::CRASHED) << record.finished.ShortDebugString();
    EXPECT_EQ(record.finished.error().code(), code_text(Code::runner_protocol));
  }
}

TEST_F(PythonHostile, EscapesFromTheListOfImportsLeadNowhere) {
  // What every text on escaping Python's restrictions does: reach the real modules by objects.
  EXPECT_NE(error_of("def main():\n"
                     "  for kind in object.__subclasses__():\n"
                     "    scope = getattr(kind.__init__, '__globals__', {})\n"
                     "    if 'sys' in scope:\n"
                     "      return scope['sys'].modules['posix'].open('/etc/passwd', 0)\n")
                .message()
                .find("PermissionError"),
            std::string::npos);
  EXPECT_NE(error_of("import sys\ndef main(): sys.modules['posix'].stat('/')")
                .message()
                .find("PermissionError"),
            std::string::npos);
}

TEST_F(PythonHostile, ByteCodeThatIsNoneEndsItsOwnRunOnly) {
  const RunRecord record =
      run("def main():\n"
          "  code = main.__code__.replace(co_code=b'\\x64\\xff' * 40, co_consts=())\n"
          "  main.__code__ = code\n  return main()\n");
  EXPECT_NE(record.finished.status(), Finished::SUCCEEDED);
  EXPECT_EQ(output_of("def main(): return 1"), "1");
}

TEST_F(PythonHostile, NoModuleThatReachesOutsideIsEvenLinked) {
  EXPECT_EQ(
      output_of("import sys\ndef main():\n"
                "  return [name for name in ('_socket', '_posixsubprocess', 'select', 'fcntl',"
                " 'pwd', 'zlib', 'pyexpat', '_ctypes', 'mmap') if name in "
                "sys.builtin_module_names or name in sys.modules]"),
      "[]");
}

}  // namespace
}  // namespace nsl::runner
