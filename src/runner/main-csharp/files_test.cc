// Functions of several files: compiled together, each mistake and error with its file.
#include "runner/testing/files.h"
#include "runner/main-csharp/fixture.h"

namespace nsl::runner {
namespace {

using testing::Files;
using testing::to_request;

class CSharpFiles : public CSharpRun {
 protected:
  static v1::RunFinished run_files(const Files& files) {
    const v1::RunFinished compiled = driver_->run(to_request(files, v1::COMPILE)).finished;
    EXPECT_EQ(compiled.status(), Finished::SUCCEEDED) << compiled.error().stack();
    v1::StartRun request;
    request.set_artifact(compiled.artifact());
    return driver_->run(std::move(request)).finished;
  }
  // "file:line:column code" of the first mistake.
  static std::string mistake(const Files& files) {
    const v1::RunFinished finished = driver_->run(to_request(files, v1::COMPILE)).finished;
    EXPECT_EQ(finished.status(), Finished::FAILED);
    const v1::RunError& error = finished.error();
    return error.file() + ":" + std::to_string(error.line()) + ":" +
           std::to_string(error.column()) + " " +
           error.message().substr(0, error.message().find(':'));
  }
};

const char* const kMain =
    "namespace Prices;\npublic class Function {\n  public object Main() => Median.Of([3, 1, "
    "2]);\n}";

TEST_F(CSharpFiles, AreCompiledTogether) {
  const v1::RunFinished finished = run_files(
      {{"Function.cs", kMain},
       {"README.md", "not C#"},
       {"lib/Median.cs",
        "\xef\xbb\xbfnamespace Prices { internal static class Median { internal static int "
        "Of(int[] v) => v.OrderBy(x => x).ElementAt(v.Length / 2); } }"}});
  EXPECT_EQ(finished.output(), "2") << finished.ShortDebugString();
}

TEST_F(CSharpFiles, AMistakeHasItsFile) {
  EXPECT_EQ(mistake({{"Function.cs", kMain}, {"lib/Median.cs", "class A {\n  int x = ;\n}"}}),
            "Function.cs:3:27 CS0103");
  EXPECT_EQ(mistake({{"Function.cs", "public class Function { }"},
                     {"lib/Median.cs", "class A {\n  int x = ;\n}"}}),
            "lib/Median.cs:2:11 CS1525");
  EXPECT_EQ(mistake({{"Function.cs", "public class Function { }"},
                     {"lib/A.cs", "class A {\n  object F() => File.ReadAllText(\"/\");\n}"}}),
            "lib/A.cs:2:17 NSL0001");
  EXPECT_EQ(mistake({{"Function.cs", "public class Function { }"}, {"A.cs", "// \xff"}}),
            "A.cs:1:1 The file is not UTF-8");
  EXPECT_EQ(mistake({{"Function.cs", "public class Function { }"},
                     {"lib/A.cs", "class A { }"},
                     {"lib/B.cs", "class A { }"}}),
            "lib/B.cs:1:7 CS0101");
}

TEST_F(CSharpFiles, AnErrorHasItsFile) {
  const v1::RunFinished finished =
      run_files({{"Function.cs", kMain},
                 {"lib/Median.cs",
                  "namespace Prices;\nstatic class Median {\n  internal static int Of(int[] v) {\n"
                  "    throw new Exception(\"no price\");\n  }\n}"}});
  EXPECT_EQ(finished.error().file(), "lib/Median.cs");
  EXPECT_EQ(finished.error().line(), 4U);
  EXPECT_NE(finished.error().stack().find("in lib/Median.cs:line 4"), std::string::npos);
  EXPECT_NE(finished.error().stack().find("in Function.cs:line 3"), std::string::npos);
  EXPECT_EQ(error_of(main_of("throw new Exception(\"no\");")).file(), "");
}

}  // namespace
}  // namespace nsl::runner
