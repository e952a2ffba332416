// What a C# function can do, against the real program.
#include <set>

#include "runner/main-csharp/fixture.h"

namespace nsl::runner {
namespace {

class CSharp : public CSharpRun {
 protected:
  static RunRecord run_kind(const std::string& source, v1::RunKind kind) {
    v1::StartRun request = request_of(source);
    request.set_kind(kind);
    return driver_->run(std::move(request));
  }
};

TEST_F(CSharp, ReturnsWhatMainReturns) {
  EXPECT_EQ(output_of("public class Function { public object Main(JsonValue input, Context context)"
                      " => new { got = (int)input[\"a\"] + 1 }; }",
                      "{\"a\":41}"),
            "{\"got\":42}");
  EXPECT_EQ(output_of("public class Function { public static string Main(string text) => text; }",
                      "\"\xc3\xa4\""),
            "\"\xc3\xa4\"");
  EXPECT_EQ(output_of("public class Function { public void Main() {} }"), "null");
  EXPECT_EQ(output_of("public class Function { public async Task<object> Main(Context context) {"
                      " await Task.Yield(); return 1.5m; } }"),
            "1.5");
  EXPECT_EQ(output_of("public class Function { public async Task Main() => await Task.Yield(); }"),
            "null");
  EXPECT_EQ(output_of("public class Function { public async ValueTask<int> Main() { await "
                      "Task.Yield(); return 2; } }"),
            "2");
}

TEST_F(CSharp, KeepsEveryJsonValue) {
  const std::string value =
      R"([null,true,false,0,-1,123456789012345678901234567890,1.50,-2e+300,"",)"
      R"("\"\\\n\u0001\ud800",{"b":{},"a":[]}])";
  EXPECT_EQ(output_of("public class Function { public object Main(JsonValue p) => p; }", value),
            value);
}

TEST_F(CSharp, InputThatIsNotJsonIsRefused) {
  const std::string echo = "public class Function { public object Main(JsonValue p) => p; }";
  for (const std::string input : {"[1,]", "{\"a\":1,}", "01", "1.", "'a'", "\"\\x\"", "NaN", "[",
                                  "\"\n\"", "1 2", "\"\\ud8\"", "+1", "tru", "-"}) {
    EXPECT_EQ(run(echo, input).finished.status(), Finished::FAILED) << input;
  }
}

TEST_F(CSharp, InputBindsToTypesOfTheFunctionsOwn) {
  const std::string source =
      "public record Order(string Pair, decimal Amount, int? Limit, List<string> Tags);\n"
      "public class Function { public object Main(Order order) =>\n"
      "  new { order.Pair, twice = order.Amount * 2, order.Limit, tags = order.Tags.Count }; }";
  EXPECT_EQ(output_of(source, R"({"pair":"NEO-USD","amount":"0.1","tags":["a","b"]})"),
            R"({"Pair":"NEO-USD","twice":0.2,"Limit":null,"tags":2})");
  const RunRecord wrong = run(source, R"({"pair":"NEO-USD","amount":"much","tags":[]})");
  EXPECT_EQ(wrong.finished.status(), Finished::FAILED);
  EXPECT_NE(wrong.finished.error().message().find("the input.Amount"), std::string::npos)
      << wrong.finished.error().message();
}

TEST_F(CSharp, ChoosesTheHandlerByKind) {
  const std::string all =
      "public class Function { public object Main() => \"m\"; public object Event() => \"e\";"
      " public object Scheduled() => \"s\"; public object Fetch() => \"f\"; }";
  EXPECT_EQ(run_kind(all, v1::INVOKE).finished.output(), "\"m\"");
  EXPECT_EQ(run_kind(all, v1::EVENT).finished.output(), "\"e\"");
  EXPECT_EQ(run_kind(all, v1::SCHEDULED).finished.output(), "\"s\"");
  EXPECT_EQ(run_kind(all, v1::FETCH).finished.output(), "\"f\"");
  EXPECT_EQ(run_kind(main_of("    return 1;"), v1::EVENT).finished.output(), "1");
}

TEST_F(CSharp, AFetchHandlerMayAnswerAResponse) {
  const RunRecord record = run_kind(
      "public class Function { public object Fetch() => new Response(\"hi\", 201)"
      " { Headers = new Headers { { \"A\", \"b\" } } }; }",
      v1::FETCH);
  EXPECT_EQ(record.finished.output(), R"({"status":201,"headers":[["a","b"]],"body":"hi"})");
}

TEST_F(CSharp, CallsTheEntryPointThatIsNamed) {
  v1::StartRun request = request_of(
      "public class Function { public object Other() => \"o\"; public object Main() => \"m\"; }");
  request.set_entry_point("Other");
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), "\"o\"");
}

TEST_F(CSharp, AMissingHandlerIsNamed) {
  EXPECT_NE(
      error_of("public class Function { public object Mian() => 1; }").message().find("'Main'"),
      std::string::npos);
  EXPECT_NE(error_of("public class Other { }").message().find("'Function'"), std::string::npos);
}

TEST_F(CSharp, PassesTheContext) {
  v1::StartRun request = request_of(
      "public class Function { public object Main(JsonValue p, Context context) =>\n"
      "  new[] { context.RunId, context[\"run_id\"].AsString(), "
      "context.Environment[\"a\"].AsString() }; }");
  request.set_context(R"({"run_id":"run_1","environment":{"a":"b"}})");
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), R"(["run_1","run_1","b"])");
}

TEST_F(CSharp, AnUncaughtErrorKeepsItsPlace) {
  const v1::RunError error = error_of(
      "public class Function {\n  public object Main() {\n    Help();\n    return 1;\n  }\n"
      "  static void Help() {\n    throw new ArgumentException(\"boom\");\n  }\n}");
  EXPECT_EQ(error.code(), code_text(Code::run_failed));
  EXPECT_EQ(error.message(), "ArgumentException: boom");
  EXPECT_EQ(error.line(), 7U);
  EXPECT_EQ(error.column(), 5U);
  EXPECT_EQ(
      error.stack(),
      "   at Function.Help in function.cs:line 7\n   at Function.Main in function.cs:line 3\n");
}

TEST_F(CSharp, AnErrorAfterAnAwaitKeepsItsPlace) {
  const v1::RunError error = error_of(
      "public class Function {\n  public async Task<object> Main() {\n    await Task.Yield();\n"
      "    string none = null;\n    return none.Length;\n  }\n}");
  EXPECT_EQ(error.line(), 5U);
  EXPECT_TRUE(error.message().starts_with("NullReferenceException: ")) << error.message();
  EXPECT_NE(error.stack().find("Function.Main"), std::string::npos) << error.stack();
  EXPECT_EQ(error.stack().find("System."), std::string::npos) << error.stack();
}

TEST_F(CSharp, AnErrorNeedNotBeAnOrderlyOne) {
  EXPECT_EQ(
      error_of("public class E : Exception { public override string Message => throw this; }\n" +
               main_of("    throw new E();"))
          .message(),
      "E");
  EXPECT_EQ(error_of("public class Function { static readonly int X = int.Parse(\"x\");\n"
                     "  public object Main() => X; }")
                .message()
                .find("TypeInitialization"),
            std::string::npos);
}

TEST_F(CSharp, TasksRunSideBySideOnOneThread) {
  EXPECT_EQ(
      output_of("public class Function {\n  public async Task<object> Main() {\n"
                "    var seen = new List<string>();\n"
                "    async Task<string> Step(string name) { for (int i = 0; i < 2; i++) {"
                " seen.Add(name + i); await Task.Yield(); } return name; }\n"
                "    var names = await Task.WhenAll(Step(\"a\"), Step(\"b\"));\n"
                "    var here = Environment_();\n"
                "    var there = await Task.Run(() => Environment_());\n"
                "    return new { names, seen, same = here == there };\n  }\n"
                "  static int Environment_() => System.Threading.SynchronizationContext.Current"
                " == null ? 1 : 0;\n}"),
      R"({"names":["a","b"],"seen":["a0","b0","a1","b1"],"same":true})");
}

TEST_F(CSharp, WaitingForATaskRunsIt) {
  EXPECT_EQ(value_of("Task.Run(async () => { await Task.Yield(); return 5; }).Result"), "5");
  EXPECT_EQ(
      value_of("Enumerable.Range(0, 4).Select(i => Task.Run(() => i * i)).ToArray() is var all"
               " && Task.WaitAll(all, 1000) ? all.Sum(t => t.Result) : -1"),
      "14");
}

TEST_F(CSharp, WhatNeverEndsFails) {
  for (const char* body : {"await new TaskCompletionSource<int>().Task;",
                           "new TaskCompletionSource<int>().Task.Wait();"}) {
    const v1::RunError error =
        error_of("public class Function { public async Task<object> Main() { await Task.Yield(); " +
                 std::string(body) + " return 1; } }");
    EXPECT_NE(error.message().find("never finished"), std::string::npos) << error.message();
  }
}

TEST_F(CSharp, OutputThatJsonCannotSayIsRefused) {
  for (const std::string value :
       {"double.NaN", "new[] { float.PositiveInfinity }", "new Dictionary<int, int> { { 1, 2 } }",
        "new byte[1]", "(Func<int>)(() => 1)", "typeof(int)", "new { a = Task.CompletedTask }"}) {
    const RunRecord record = run(main_of("    return " + value + ";"));
    EXPECT_EQ(record.finished.status(), Finished::OUTPUT_INVALID) << value;
    EXPECT_FALSE(record.finished.error().message().empty()) << value;
  }
  const RunRecord loop = run("public class Node { public Node Next; }\n" +
                             main_of("    var n = new Node(); n.Next = n; return n;"));
  EXPECT_EQ(loop.finished.status(), Finished::OUTPUT_INVALID);
}

TEST_F(CSharp, RunsShareNoState) {
  const std::string source =
      "public class Function { static int count; public object Main() => ++count; }";
  EXPECT_EQ(output_of(source), "1");
  EXPECT_EQ(output_of(source), "1");
}

TEST_F(CSharp, RandomNumbersDifferBetweenRuns) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    seen.insert(value_of("new Random().Next()"));
    seen.insert(value_of("Guid.NewGuid()"));
    seen.insert(
        value_of("BitConverter.ToInt64(((Func<byte[]>)(() => { var b = new byte[8]; using var "
                 "r = System.Security.Cryptography.RandomNumberGenerator.Create(); "
                 "r.GetBytes(b); return b; }))(), 0)"));
  }
  EXPECT_EQ(seen.size(), 60U);
}

TEST_F(CSharp, HashesAreTheSameInEveryRun) {
  const std::string hash = value_of("\"neo\".GetHashCode()");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(value_of("\"neo\".GetHashCode()"), hash);
}

TEST_F(CSharp, PrintingGoesToTheLog) {
  const RunRecord record =
      run(main_of("    Console.WriteLine(\"a {0}\", 1); Console.Write(\"b\"); "
                  "Console.Error.WriteLine(\"c\\nd\");\n"
                  "    NeoService.Log(\"error\", \"e\", 2); return null;"));
  ASSERT_EQ(record.logs.size(), 5U);
  EXPECT_EQ(record.logs[0].text(), "a 1");
  EXPECT_EQ(record.logs[0].level(), v1::LogLine::INFO);
  EXPECT_EQ(record.logs[1].text(), "c");
  EXPECT_EQ(record.logs[1].level(), v1::LogLine::WARNING);
  EXPECT_EQ(record.logs[3].text(), "e 2");
  EXPECT_EQ(record.logs[3].level(), v1::LogLine::ERROR);
  EXPECT_EQ(record.logs[4].text(), "b");
}

TEST_F(CSharp, TheLibraryWorks) {
  EXPECT_EQ(value_of("string.Join(\",\", \"b,a\".Split(',').OrderBy(x => x))"), "\"a,b\"");
  EXPECT_EQ(value_of("BitConverter.ToString(System.Security.Cryptography.SHA256.Create()"
                     ".ComputeHash(Encoding.UTF8.GetBytes(\"abc\")), 0, 4)"),
            "\"BA-78-16-BF\"");
  EXPECT_EQ(value_of("System.Text.RegularExpressions.Regex.Replace(\"a12b\", \"[0-9]+\", \"#\")"),
            "\"a#b\"");
  EXPECT_EQ(value_of("Uri.EscapeDataString(\"a b\")"), "\"a%20b\"");
  EXPECT_EQ(value_of("BigInteger.Pow(10, 30) + 1"), "1000000000000000000000000000001");
  EXPECT_EQ(value_of("0.1m + 0.2m"), "0.3");
  EXPECT_EQ(value_of("new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)"),
            "\"2026-01-02T03:04:05.0000000Z\"");
  EXPECT_EQ(value_of("DateTime.UtcNow.Year >= 2024"), "true");
  EXPECT_EQ(value_of("new StringReader(\"a\\nb\").ReadLine()"), "\"a\"");
  EXPECT_EQ(value_of("1234.5.ToString(\"N1\", System.Globalization.CultureInfo.InvariantCulture)"),
            "\"1,234.5\"");
}

TEST_F(CSharp, WhatAFunctionCannotHaveSaysWhy) {
  EXPECT_NE(
      error_of(main_of("    return new System.Threading.ManualResetEvent(false).WaitOne(10);"))
          .message()
          .find("await a task"),
      std::string::npos);
  EXPECT_NE(error_of(main_of("    var type = Type.GetType(\"System.Threading.Thread\");"
                             " Action work = () => { };"
                             " var thread = type.GetConstructor(new[] { Type.GetType("
                             "\"System.Threading.ThreadStart\") }).Invoke(new object[] {"
                             " new System.Threading.ThreadStart(work) });"
                             " type.GetMethod(\"Start\", new Type[0]).Invoke(thread, null);"
                             " return 1;"))
                .message()
                .find("one thread"),
            std::string::npos);
}

}  // namespace
}  // namespace nsl::runner
