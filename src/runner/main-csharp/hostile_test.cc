// A function that has captured Mono (nsl-runner-csharp-test gives it raw system calls and the raw
// socket): what differs from an engine to the next. The rest is shown in main-js and, with every
// layer of the cage, in tests/adversary/sandbox.
#include <errno.h>
#include <sys/syscall.h>

#include "runner/abi/abi.h"
#include "runner/main-csharp/fixture.h"

namespace nsl::runner {
namespace {

class CSharpHostile : public CSharpRun {
 protected:
  static void SetUpTestSuite() { driver_ = std::make_unique<Driver>("nsl-runner-csharp-test"); }

  static std::string call(long number, const std::string& arguments = "") {
    return main_of("    return __test.syscall(" + std::to_string(number) + arguments + ");");
  }
  static RunRecord send(const std::string& bytes) {
    std::string list;
    for (const char byte : bytes) list += std::to_string(static_cast<std::uint8_t>(byte)) + ",";
    return run(main_of("    return __test.send([" + list + "]);"));
  }
};

TEST_F(CSharpHostile, SeesNoFileNoNetworkAndOnlyItsSocket) {
  const std::string refused = std::to_string(-EPERM);
  EXPECT_EQ(output_of(call(SYS_openat, ", -100, \"/etc/passwd\", 0")), refused);
  EXPECT_EQ(output_of(call(SYS_readlink, ", \"/proc/self/exe\", 0, 0")), refused);
  EXPECT_EQ(output_of(call(SYS_socket, ", 2, 1, 0")), refused);
  for (const int number : {0, 1, 2, 4, 5, 6, 50}) {
    EXPECT_EQ(output_of(call(SYS_sendto, ", " + std::to_string(number) + ", \"x\", 1, 0, 0, 0")),
              refused);
  }
}

TEST_F(CSharpHostile, IsKilledForStartingAProcessOrAThread) {
  for (const long number : {SYS_fork, SYS_vfork, SYS_clone, SYS_clone3, SYS_execve, SYS_ptrace}) {
    const RunRecord record = run(call(number, ", 0, 0, 0, 0"));
    EXPECT_EQ(record.finished.status(), Finished::CRASHED) << number;
    EXPECT_NE(record.finished.error().message().find("forbidden system call"), std::string::npos);
  }
}

TEST_F(CSharpHostile, ACrashIsReportedAndTheNextRunWorks) {
  EXPECT_EQ(run(main_of("    return __test.crash();")).finished.status(), Finished::CRASHED);
  EXPECT_EQ(run(main_of("    return __test.exit(0);")).finished.status(), Finished::CRASHED);
  EXPECT_EQ(value_of("1"), "1");
}

TEST_F(CSharpHostile, ForgedFramesEndTheRun) {
  for (const std::string& frame :
       {std::string("\xff\xff\xff\xff", 4), abi::encode(abi::Job{}), abi::encode(abi::Reply{}),
        abi::encode(abi::Call{.call_id = 1, .method = "a", .arguments = "{}"}),
        abi::encode(abi::Done{.output = "2"})}) {
    const RunRecord record = send(frame);
    EXPECT_EQ(record.finished.status(), Finished::CRASHED) << record.finished.ShortDebugString();
    EXPECT_EQ(record.finished.error().code(), code_text(Code::runner_protocol));
  }
}

// What the compiler refuses by name is reached by reflection, and finds nothing behind it.
TEST_F(CSharpHostile, WaysAroundTheNamesLeadNowhere) {
  const auto invoke = [](const std::string& type, const std::string& method,
                         const std::string& arguments) {
    return run(main_of("    var all = System.Reflection.BindingFlags.Static | "
                       "System.Reflection.BindingFlags.Public | "
                       "System.Reflection.BindingFlags.NonPublic;\n"
                       "    return Type.GetType(\"" +
                       type + "\").GetMethods(all).First(m => m.Name == \"" + method +
                       "\" && m.GetParameters().Length == new object[] {" + arguments +
                       "}.Length).Invoke(null, new object[] {" + arguments + "}) != null;"))
        .finished;
  };
  EXPECT_EQ(invoke("System.IO.File", "ReadAllText", "\"/etc/passwd\"").status(), Finished::FAILED);
  EXPECT_EQ(invoke("System.IO.File", "Create", "\"/tmp/x\"").status(), Finished::FAILED);
  EXPECT_EQ(invoke("System.IO.Directory", "GetFiles", "\"/\"").status(), Finished::FAILED);
  EXPECT_EQ(invoke("System.Reflection.Assembly", "LoadFrom", "\"/x.dll\"").status(),
            Finished::FAILED);
  EXPECT_EQ(invoke("System.Environment", "Exit", "0").status(), Finished::FAILED);
  EXPECT_EQ(invoke("System.Diagnostics.Process, System", "Start", "\"/bin/true\"").status(),
            Finished::CRASHED);
}

TEST_F(CSharpHostile, AForgedAddressEndsItsOwnRunOnly) {
  const RunRecord record = run(main_of(
      "    var read = Type.GetType(\"System.Runtime.InteropServices.Marshal\").GetMethods()\n"
      "        .First(m => m.Name == \"PtrToStringAnsi\" && m.GetParameters().Length == 1);\n"
      "    return read.Invoke(null, new object[] { (IntPtr)16 });"));
  EXPECT_NE(record.finished.status(), Finished::SUCCEEDED);
  EXPECT_EQ(value_of("1"), "1");
}

}  // namespace
}  // namespace nsl::runner
