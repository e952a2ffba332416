// C# in runs that begin in a template: they are as any other.
#include "runner/testing/template_run.h"

#include <set>

#include "runner/main-csharp/fixture.h"

namespace nsl::runner {
namespace {

class CSharpTemplate : public CSharpRun {};

TEST_F(CSharpTemplate, ItsRunsAreAsAnyOther) {
  for (const std::string& source : {
           std::string("public class Function {\n"
                       "  static readonly DateTime begun = DateTime.UtcNow;\n"
                       "  static readonly Guid id = Guid.NewGuid();\n"
                       "  public async Task<object> Main(JsonValue input) {\n"
                       "    Console.WriteLine(\"line\");\n"
                       "    return new object[] { input, begun, id, new Random().Next(),\n"
                       "      DateTime.UtcNow, await NeoService.Storage.GetAsync(\"k\") };\n"
                       "  }\n}\n"),
           main_of("    return new[] { 3, 1, 2 }.OrderBy(n => n).Select(n => n * 2).ToList();"),
           main_of("    return Deep(1);\n  }\n  static int Deep(int n) {\n"
                   "    throw new ArgumentException($\"at {n}\");"),
           main_of("    string none = null; return none.Length;"),
           main_of("    var kept = new List<int[]>(); for (;;) kept.Add(new int[100000]);"),
           std::string("public class Function { public object Other() => 1; }"),
       }) {
    SCOPED_TRACE(source);
    v1::StartRun request = request_of(source);
    request.set_input(R"({"a":1})");
    request.set_time_ms(1'700'000'000'125);
    request.set_seed(std::string(32, 'a'));
    testing::expect_same_in_template("nsl-runner-csharp", request);
  }
}

TEST_F(CSharpTemplate, NothingOfARunIsLeftForTheNext) {
  Driver driver("nsl-runner-csharp");
  const auto outputs = testing::outputs_in_template(
      driver,
      request_of("public class Function {\n  static int count;\n"
                 "  static readonly List<int> kept = new List<int>();\n"
                 "  public object Main() { kept.Add(1); return new[] { ++count, kept.Count }; }\n"
                 "}\n"),
      30);
  for (const std::string& output : outputs) EXPECT_EQ(output, "[1,1]");
}

// With and without static constructors, because only without them is machine code made ahead.
TEST_F(CSharpTemplate, RandomNumbersDifferBetweenItsRuns) {
  for (const std::string& source : {
           main_of("    return new Random().Next();"),
           main_of("    return Guid.NewGuid();"),
           main_of("    return new Random().NextDouble();"),
           std::string("public class Function { static readonly Guid id = Guid.NewGuid();\n"
                       "  public object Main() => id; }"),
           std::string("public class Function { static readonly int n = new Random().Next();\n"
                       "  public object Main() => n; }"),
           std::string("public class Function { public object Main() => Other.Id; }\n"
                       "class Other { internal static readonly Guid Id = Guid.NewGuid(); }"),
           std::string("public class Function { public object Main() => Holder<int>.Id; }\n"
                       "class Holder<T> { internal static readonly Guid Id = Guid.NewGuid(); }"),
       }) {
    Driver driver("nsl-runner-csharp");
    const auto outputs = testing::outputs_in_template(driver, request_of(source), 20);
    EXPECT_EQ(std::set<std::string>(outputs.begin(), outputs.end()).size(), outputs.size())
        << source;
  }
}

TEST_F(CSharpTemplate, AReusedProcessLoadsTheAssemblyOnceAndKeepsItsState) {
  Driver driver("nsl-runner-csharp");
  v1::StartRun request = request_of(
      "public class Function {\n  static int count;\n"
      "  public object Main(int n) => new[] { ++count, n };\n}\n");
  request.set_reuse_key("fn_1 1");
  for (int i = 1; i <= 5; ++i) {
    const std::string number = std::to_string(i);
    request.set_input(number);
    const auto finished = driver.run(request).finished;
    EXPECT_EQ(finished.output(), "[" + number + "," + number + "]") << finished.ShortDebugString();
  }
}

}  // namespace
}  // namespace nsl::runner
