// What a function can do, against the real program.
#include "runner/main-js/fixture.h"

#include <set>

namespace nsl::runner {
namespace {

class Js : public JsRun {};

TEST_F(Js, ReturnsWhatMainReturns) {
  EXPECT_EQ(output_of("async function main(params) { return {got: params.a + 1}; }", "{\"a\":41}"),
            "{\"got\":42}");
  EXPECT_EQ(output_of("const main = (params) => params;", "\"\xc3\xa4\""), "\"\xc3\xa4\"");
  EXPECT_EQ(output_of("function main() {}"), "null");
}

TEST_F(Js, AcceptsModulesAndCommonJs) {
  EXPECT_EQ(output_of("export default { async main(p) { return p * 2; } }", "4"), "8");
  EXPECT_EQ(output_of("export default async (p) => p * 3;", "4"), "12");
  EXPECT_EQ(
      output_of("const k = await Promise.resolve(5);\nexport async function main() { return k; }"),
      "5");
  EXPECT_EQ(output_of("module.exports = { main: (p) => p - 1 };", "4"), "3");
  EXPECT_EQ(output_of("exports.main = async () => 'e';"), "\"e\"");
}

TEST_F(Js, AScriptMayMentionExportInAComment) {
  EXPECT_EQ(output_of("/*\nexport nothing\n*/\nfunction main() { return 1; }"), "1");
}

TEST_F(Js, ChoosesTheHandlerByKind) {
  const std::string all =
      "export default { main: () => 'm', event: () => 'e', scheduled: () => 's', fetch: () => 'f' "
      "};";
  EXPECT_EQ(run_kind(all, v1::INVOKE).finished.output(), "\"m\"");
  EXPECT_EQ(run_kind(all, v1::EVENT).finished.output(), "\"e\"");
  EXPECT_EQ(run_kind(all, v1::SCHEDULED).finished.output(), "\"s\"");
  EXPECT_EQ(run_kind(all, v1::FETCH).finished.output(), "\"f\"");
  const std::string event = "async function handleEvent(event) { return event; }";
  EXPECT_EQ(run_kind(event, v1::EVENT).finished.output(), "null");
  EXPECT_EQ(run_kind("function main() { return 1; }", v1::EVENT).finished.output(), "1");
}

TEST_F(Js, AFetchHandlerMayAnswerAResponse) {
  const RunRecord record = run_kind(
      "export default { fetch: () => new Response('hi', {status: 201, headers: {a: 'b'}}) };",
      v1::FETCH);
  EXPECT_EQ(record.finished.output(), R"({"status":201,"headers":[["a","b"]],"body":"hi"})");
}

TEST_F(Js, CallsTheEntryPointThatIsNamed) {
  v1::StartRun request;
  request.set_source("function other() { return 'o'; } function main() { return 'm'; }");
  request.set_entry_point("other");
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), "\"o\"");
}

TEST_F(Js, PassesTheContext) {
  v1::StartRun request;
  request.set_source(
      "function main(p, context) { return [context.run_id, Object.isFrozen(context)]; }");
  request.set_context(R"({"run_id":"run_1"})");
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), R"(["run_1",true])");
}

TEST_F(Js, AnUncaughtErrorKeepsItsPlace) {
  const v1::RunError error = error_of("function main() {\n  throw new TypeError('boom');\n}");
  EXPECT_EQ(error.code(), code_text(Code::run_failed));
  EXPECT_EQ(error.message(), "TypeError: boom");
  EXPECT_EQ(error.line(), 2U);
  EXPECT_EQ(error.column(), 3U);
  EXPECT_NE(error.stack().find("function.js:2:9"), std::string::npos) << error.stack();
}

TEST_F(Js, AnErrorAfterAnAwaitKeepsItsPlace) {
  const v1::RunError error =
      error_of("async function main() {\n  await null;\n\n  undefined.x;\n}");
  EXPECT_EQ(error.line(), 4U);
  EXPECT_NE(error.message().find("TypeError"), std::string::npos);
}

TEST_F(Js, ASyntaxErrorNamesItsPlace) {
  const v1::RunError error = error_of("function main() {\n  return ];\n}");
  EXPECT_EQ(error.line(), 2U);
  EXPECT_EQ(error.column(), 10U);
  EXPECT_NE(error.message().find("SyntaxError"), std::string::npos);
  EXPECT_EQ(error_of("export default {\n main() { return }; \n").line(), 2U);
}

TEST_F(Js, AThrownValueNeedNotBeAnError) {
  EXPECT_NE(error_of("function main() { throw 'plain'; }").message().find("plain"),
            std::string::npos);
  EXPECT_FALSE(error_of("function main() { throw {toString() { for (;;); }}; }").message().empty());
}

TEST_F(Js, AMissingHandlerIsNamed) {
  EXPECT_NE(error_of("const x = 1;").message().find("'main'"), std::string::npos);
}

TEST_F(Js, ImportsAreRefusedWithAReason) {
  EXPECT_NE(error_of("import fs from 'fs';\nexport default {};").message().find("one file"),
            std::string::npos);
  EXPECT_NE(error_of("async function main() { await import('fs'); }").message().find("one file"),
            std::string::npos);
  EXPECT_NE(error_of("function main() { require('fs'); }").message().find("require"),
            std::string::npos);
}

TEST_F(Js, APromiseThatNeverResolvesFails) {
  EXPECT_NE(error_of("function main() { return new Promise(() => {}); }")
                .message()
                .find("never resolved"),
            std::string::npos);
}

TEST_F(Js, CodeFromStringsIsRefused) {
  EXPECT_NE(error_of("function main() { return eval('1'); }").message().find("EvalError"),
            std::string::npos);
  EXPECT_NE(error_of("function main() { return new Function('return 1')(); }")
                .message()
                .find("EvalError"),
            std::string::npos);
  EXPECT_NE(
      error_of("const f = (async () => {}).constructor;\nfunction main() { return f('1')(); }")
          .message()
          .find("EvalError"),
      std::string::npos);
}

TEST_F(Js, NothingOfTheHostIsThere) {
  EXPECT_EQ(
      output_of(
          "function main() { return ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'process',"
          " 'require', 'Buffer', 'XMLHttpRequest', '__test', 'gc', 'd8'].filter("
          "(name) => name in globalThis); }"),
      "[]");
}

TEST_F(Js, TimesAndLocalesWork) {
  EXPECT_EQ(output_of("function main() { return [new Date(0).toString(), "
                      "new Intl.NumberFormat('de').format(1234.5), "
                      "new Date(0).toLocaleString('en', {timeZone: 'Asia/Tokyo'})]; }"),
            "[\"Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)\",\"1.234,5\","
            "\"1/1/1970, 9:00:00 "
            "AM\"]");
}

TEST_F(Js, TextIsEncodedAndDecoded) {
  EXPECT_EQ(
      output_of("function main() { const b = new TextEncoder().encode('\xc3\xa4\xf0\x9f\x98\x80');"
                " return [b.length, new TextDecoder().decode(b), new TextDecoder().decode(new "
                "Uint8Array([255, 65]))]; }"),
      "[6,\"\xc3\xa4\xf0\x9f\x98\x80\",\"\xef\xbf\xbd"
      "A\"]");
  EXPECT_NE(error_of("function main() { new TextDecoder('utf-8', {fatal: true}).decode(new "
                     "Uint8Array([255])); }")
                .message()
                .find("UTF-8"),
            std::string::npos);
}

TEST_F(Js, Base64IsSpokenAsOnTheWeb) {
  EXPECT_EQ(
      output_of("function main() { return [atob('AEH/'), btoa('\\0A\\xff'), atob(btoa(''))]; }"),
      "[\"\\u0000A\xc3\xbf\",\"AEH/\",\"\"]");
  EXPECT_NE(error_of("function main() { btoa('\\u20ac'); }").message().find("255"),
            std::string::npos);
  EXPECT_NE(error_of("function main() { atob('a'); }").message().find("Base64"), std::string::npos);
}

TEST_F(Js, OutputThatJsonCannotSayIsRefused) {
  for (const std::string& value : std::vector<std::string>{
           "NaN", "Infinity", "{a: [1, -Infinity]}", "new Number(NaN)", "10n", "{a: 1n}", "() => 1",
           "Symbol()", "(() => { const c = {}; c.c = c; return c; })()"}) {
    const RunRecord record = run("async function main() { return " + value + "; }");
    EXPECT_EQ(record.finished.status(), Finished::OUTPUT_INVALID) << value;
    EXPECT_EQ(record.finished.error().code(), code_text(Code::run_output_invalid)) << value;
    EXPECT_FALSE(record.finished.error().message().empty()) << value;
  }
}

TEST_F(Js, OutputNestedTooDeeplyIsRefused) {
  const RunRecord record =
      run("function main() { let v = []; for (let i = 0; i < 300; ++i) v = [v]; return v; }");
  EXPECT_EQ(record.finished.status(), Finished::OUTPUT_INVALID);
}

TEST_F(Js, RunsShareNoState) {
  const std::string source =
      "globalThis.count = (globalThis.count ?? 0) + 1; Array.prototype.mark = "
      "(Array.prototype.mark ?? 0) + 1;"
      "function main() { return [count, [].mark]; }";
  EXPECT_EQ(output_of(source), "[1,1]");
  EXPECT_EQ(output_of(source), "[1,1]");
}

TEST_F(Js, RandomNumbersDifferBetweenRuns) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) seen.insert(output_of("function main() { return Math.random(); }"));
  EXPECT_EQ(seen.size(), 20U);
}

TEST_F(Js, ConsoleGoesToTheLog) {
  const RunRecord record = run(
      "function main() { console.log('a', 1, {b: [2n, undefined]}); console.error(new Error('x'));"
      " console.debug(null); neoService.log('warn', 'w'); const c = {}; c.c = c; console.log(c); "
      "}");
  ASSERT_EQ(record.logs.size(), 5U);
  EXPECT_EQ(record.logs[0].text(), "a 1 {\"b\":[\"2n\",\"undefined\"]}");
  EXPECT_EQ(record.logs[0].level(), v1::LogLine::INFO);
  EXPECT_EQ(record.logs[1].level(), v1::LogLine::ERROR);
  EXPECT_TRUE(record.logs[1].text().starts_with("Error: x"));
  EXPECT_EQ(record.logs[2].level(), v1::LogLine::DEBUG);
  EXPECT_EQ(record.logs[3].level(), v1::LogLine::WARNING);
  EXPECT_EQ(record.logs[4].text(), "{\"c\":\"[Seen]\"}");
}

TEST_F(Js, ARejectionNobodyHandlesIsLogged) {
  const RunRecord record = run(
      "async function lost() { throw new Error('gone'); }\nfunction main() { lost(); return 1; }");
  EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED);
  ASSERT_EQ(record.logs.size(), 1U);
  EXPECT_NE(record.logs[0].text().find("gone"), std::string::npos);
}

TEST_F(Js, ReportsWhatTheRunUsed) {
  const RunRecord record =
      run("function main() { let s = 0; for (let i = 0; i < 3e5; ++i) s += i; return s; }");
  const v1::RunStats& stats = record.finished.stats();
  EXPECT_GT(stats.cpu_us(), 0U);
  EXPECT_GE(stats.wall_us(), stats.cpu_us() / 2);
  EXPECT_GT(stats.memory_peak_bytes(), 1U << 20);
  const auto& layers = record.finished.layers();
  for (const std::string name : {"process", "descriptors", "rlimits", "seccomp", "no_new_privs",
                                 "not_dumpable", "no_executable_memory", "engine_sandbox"}) {
    EXPECT_NE(std::find(layers.begin(), layers.end(), name), layers.end()) << name;
  }
}

}  // namespace
}  // namespace nsl::runner
