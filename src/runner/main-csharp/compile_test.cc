// The compiler: which C# it takes, what it refuses and where, and what a hostile source does to it.
#include "core/base/limits.h"
#include "runner/main-csharp/fixture.h"

namespace nsl::runner {
namespace {

class CSharpCompiler : public CSharpRun {
 protected:
  // "line:column code" of the first mistake.
  static std::string mistake_of(const std::string& source) {
    const v1::RunFinished finished = compile(source);
    EXPECT_EQ(finished.status(), Finished::FAILED) << source;
    const v1::RunError& error = finished.error();
    return std::to_string(error.line()) + ":" + std::to_string(error.column()) + " " +
           error.message().substr(0, error.message().find(':'));
  }
};

TEST_F(CSharpCompiler, TakesTheLanguageOfCSharp12) {
  const std::pair<const char*, const char*> programs[] = {
      {"record P(int X, int Y);", "new P(1, 2) with { Y = 3 }"},
      {"record struct S(int X);", "new S(4).X"},
      {"class C(int a) { public int A => a * 2; }", "new C(3).A"},
      {"static class E { public static int Twice(this int x) => 2 * x; }", "4.Twice()"},
      {"interface I { int F() => 7; } class D : I { }", "((I)new D()).F()"},
      {"class R { public required string Name { get; init; } }", "new R { Name = \"n\" }.Name"},
      {"enum Color { Red, Green }",
       "Color.Green switch { Color.Red => 1, Color.Green => 2, _ => 3 }"},
      {"file class Hidden { public const int X = 5; }", "Hidden.X"},
      {"class Box<T> where T : notnull { public T V = default!; }", "new Box<int>().V"},
      {"", "new[] { 1, 2, 3, 4 }[1..^1].Length"},
      {"", "((int[])[1, 2, .. new[] { 3 }]).Length"},
      {"", "new[] { 1, 2, 3 } is [1, .., var last] ? last : 0"},
      {"", "(1, \"a\") is (int i, string { Length: 1 }) && i is > 0 and < 5 or 9"},
      {"", "\"\"\"a \"quoted\" text\"\"\".Length"},
      {"", "$\"{1 + 1:00}\" + nameof(Function)"},
      {"", "((Func<int, int>)(static x => x + 1))(1)"},
      {"", "\"abc\"u8.Length"},
      {"", "((string?)null)?.Length ?? -1"},
      {"", "new List<int> { 3, 1, 2 }.OrderBy(x => x).Aggregate((a, b) => a * 10 + b)"},
      {"", "(from x in new[] { 1, 2, 3 } where x > 1 select x * x).Sum()"},
      {"", "Enumerable.Range(0, 3).ToDictionary(x => $\"k{x}\")[\"k2\"]"},
  };
  for (const auto& [types, expression] : programs) {
    const std::string source =
        std::string(types) + "\n" + main_of("    return " + std::string(expression) + ";");
    EXPECT_EQ(run(source).finished.status(), Finished::SUCCEEDED) << source;
  }
  EXPECT_EQ(output_of("public class Function { public async Task<object> Main() { int sum = 0;\n"
                      "  await foreach (var x in Numbers()) sum += x; return sum; }\n"
                      "  static async IAsyncEnumerable<int> Numbers() { yield return 1; await "
                      "Task.Yield(); yield return 2; } }"),
            "3");
}

TEST_F(CSharpCompiler, SaysWhatMonoCannotDo) {
  EXPECT_EQ(mistake_of("interface I<T> where T : I<T> { static abstract int F(); }"),
            "1:53 CS8919");
  EXPECT_EQ(mistake_of("ref struct S { ref int x; }"), "1:24 CS9064");
}

TEST_F(CSharpCompiler, NamesThePlaceOfEveryMistake) {
  const v1::RunFinished finished =
      compile("public class Function {\n  int A() => nothing;\n  string B() => 1;\n}");
  EXPECT_EQ(finished.status(), Finished::FAILED);
  EXPECT_EQ(finished.error().line(), 2U);
  EXPECT_EQ(finished.error().column(), 14U);
  EXPECT_NE(finished.error().stack().find("function.cs(3,17): CS0029"), std::string::npos)
      << finished.error().stack();
}

TEST_F(CSharpCompiler, RefusesWhatAFunctionMayNotName) {
  EXPECT_EQ(mistake_of(main_of("return System.IO.File.Exists(\"x\");")), "3:18 NSL0001");
  EXPECT_EQ(mistake_of(main_of("new System.Net.Sockets.TcpClient(); return 1;")), "3:24 NSL0001");
  EXPECT_EQ(mistake_of(main_of("System.Diagnostics.Process.Start(\"x\"); return 1;")),
            "3:20 NSL0001");
  EXPECT_EQ(mistake_of(main_of("new System.Threading.Thread(() => {}).Start(); return 1;")),
            "3:22 NSL0001");
  EXPECT_EQ(
      mistake_of("using System.Reflection.Emit;\n" + main_of("return typeof(DynamicMethod);")),
      "4:15 NSL0001");
  EXPECT_EQ(mistake_of(main_of("return Environment.MachineName;")), "3:8 NSL0001");
}

TEST_F(CSharpCompiler, RefusesUnsafeAndNativeCode) {
  EXPECT_EQ(mistake_of("public unsafe class Function { }"), "1:8 NSL0001");
  EXPECT_EQ(mistake_of(main_of("unsafe { int x = 1; int* p = &x; return *p; }")), "3:1 NSL0001");
  EXPECT_EQ(mistake_of("using System.Runtime.InteropServices;\npublic class Function {\n"
                       "  [DllImport(\"c\")] static extern int getpid();\n}"),
            "3:4 NSL0001");
  EXPECT_EQ(mistake_of("public class Function {\n  static extern int getpid();\n}"),
            "2:10 NSL0001");
}

TEST_F(CSharpCompiler, TheSameSourceGivesTheSameBytes) {
  const std::string source = main_of("return Enumerable.Range(0, 3).Select(x => x * 2).ToList();");
  EXPECT_EQ(compile(source).artifact(), compile(source).artifact());
}

TEST_F(CSharpCompiler, ASourceThatItDoesNotSurviveIsItsOwnEnd) {
  for (const std::string& source :
       {"class A { int x = " + std::string(50'000, '(') + "1" + std::string(50'000, ')') + "; }",
        "class A { int x = " + std::string(200'000, '-') + "1; }",
        "class A<T> { A<A<A<A<T>>>> x; " + std::string(30'000, '{') + "}",
        std::string(250'000, '\0')}) {
    EXPECT_NE(compile(source).status(), Finished::SUCCEEDED);
  }
  EXPECT_EQ(compile(main_of("return 1;")).status(), Finished::SUCCEEDED);
}

TEST_F(CSharpCompiler, AnArtifactThatIsNoneEndsItsOwnRunOnly) {
  v1::StartRun request = request_of(main_of("return 1;"));
  const std::string good = request.artifact();
  for (std::size_t i = 0; i < 60; ++i) {
    std::string bad = good;
    bad[i * bad.size() / 60] = static_cast<char>(bad[i * bad.size() / 60] ^ 0x5a);
    request.set_artifact(bad);
    EXPECT_NE(driver_->run(request).finished.status(), Finished::UNKNOWN);
  }
  for (const std::string& bad :
       {std::string(), std::string("\xff\xff\xff\xff", 4), good.substr(0, 500)}) {
    request.set_artifact(bad);
    EXPECT_NE(driver_->run(request).finished.status(), Finished::SUCCEEDED);
  }
  EXPECT_EQ(value_of("1"), "1");
}

}  // namespace
}  // namespace nsl::runner
