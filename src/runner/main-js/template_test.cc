// JavaScript in runs that begin in a template: they are as any other.
#include <set>

#include "runner/testing/files.h"
#include "runner/testing/template_run.h"

namespace nsl::runner {
namespace {

using testing::Driver;

std::string padding() {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(i);
    text += "function unused" + number + "(a) { return a.map((x) => x + " + number + "); }\n";
  }
  return text;
}

TEST(JsTemplate, ItsRunsAreAsAnyOther) {
  for (const std::string& source : {
           std::string("async function main(params, context) { console.log('line');"
                       " return [params, Math.random(), Date.now(), new Date().toString(),"
                       " crypto.randomUUID(), await neoService.storage.get('k')]; }"),
           std::string("const begun = Date.now(); const chance = Math.random();\n"
                       "module.exports = { main: () => [begun, chance, main2.toString()] };\n"
                       "function main2() { return 1; /* kept */ }"),
           std::string("export default { main: async () => [import.meta === undefined, this] };"),
           std::string("export async function main() { return Math.random(); }"),
           std::string("const main = (x) => {\n  null.y;\n}"),
           std::string("function main() { return deep(1); }\nfunction deep(n) {\n"
                       "  throw new TypeError('at ' + n);\n}"),
           std::string("throw new Error('at once');"),
           std::string("function other() {}"),
           padding() + "function main() { return unused7([1]); }",
           padding() + "function main() {\n  return unused7(7); }",
           std::string("function main() { return eval('1'); }"),
           std::string("import x from 'y';\nexport function main() {}"),
           std::string("function main() { const kept = []; for (;;) kept.push(new Array(1e5)); }"),
       }) {
    SCOPED_TRACE(source);
    testing::expect_same_in_template("nsl-runner-js",
                                     testing::repeatable(testing::with_input(source)));
  }
}

TEST(JsTemplate, ItsRunsOfSeveralFilesAreAsAnyOther) {
  for (const testing::Files& files : {
           testing::Files{{"main.js",
                           "import { half } from './lib/half.mjs';\nimport data from './data.json'"
                           " with { type: 'json' };\nimport old from './old.cjs';\n"
                           "export default { main: async () => [half(data.n), old(1),"
                           " Math.random(), Date.now(), await neoService.storage.get('k'),"
                           " (await import('./late.js')).late] };"},
                          {"data.json", "{\"n\": 21}"},
                          {"lib/half.mjs", "export const half = (n) => n / 2;"},
                          {"late.js", "console.log('late'); export const late = Math.random();"},
                          {"old.cjs", "module.exports = (n) => [n, require('./data.json').n];"}},
           testing::Files{{"main.js",
                           "const begun = Math.random();\nconst lib = require('./lib');\n"
                           "function main() { return [begun, lib.name, lib.up(), lib.again(),"
                           " lib.up.toString()]; }\nmodule.exports = { main, begun };"},
                          {"lib/index.js",
                           "const entry = require('../main.js');\nexports.name = __name();\n"
                           "exports.up = () => [typeof entry.main, entry.begun];\n"
                           "exports.again = () => require('./index.js') === exports;\n"
                           "function __name() { return 'lib' /* kept */; }"}},
           testing::Files{
               {"main.js",
                "let exports_ = 1;\nconst { fail } = require('./fail');\n"
                "function main() { return fail(exports_); }"},
               {"fail.js", "exports.fail = (n) => {\n  throw new TypeError('at ' + n);\n};"}},
           testing::Files{{"main.mjs", "import './boom.js';\nexport function main() {}"},
                          {"boom.js", "null.x;\nexport {};"}},
           testing::Files{{"main.js", "function main() { return require('./none'); }"}},
           testing::Files{{"main.js",
                           "// export and import are words here\n"
                           "function main() { return /* \nexport */ 7; }"}},
       }) {
    SCOPED_TRACE(files.front().second);
    testing::expect_same_in_template("nsl-runner-js",
                                     testing::repeatable(testing::to_request(files)));
  }
}

TEST(JsTemplate, NothingOfARunOfSeveralFilesIsLeftForTheNext) {
  Driver driver("nsl-runner-js");
  const auto outputs = testing::outputs_in_template(
      driver,
      testing::to_request({{"main.js",
                            "const { next } = require('./a');\n"
                            "async function main() { next.kept = (next.kept ?? 0) + 1;"
                            " return [next(), next.kept, (await import('./b.mjs')).next()]; }"},
                           {"a.js", "let n = 0; exports.next = () => ++n;"},
                           {"b.mjs", "let n = 0; export const next = () => ++n;"}}),
      30);
  for (const std::string& output : outputs) EXPECT_EQ(output, "[1,1,1]");
}

TEST(JsTemplate, NothingOfARunIsLeftForTheNext) {
  Driver driver("nsl-runner-js");
  const auto outputs = testing::outputs_in_template(
      driver,
      testing::with_input("globalThis.count = (globalThis.count ?? 0) + 1; let own = 0;\n"
                          "Array.prototype.polluted = (Array.prototype.polluted ?? 0) + 1;\n"
                          "function main() { JSON.kept = (JSON.kept ?? 0) + 1;"
                          " return [count, ++own, [].polluted, JSON.kept]; }"),
      30);
  for (const std::string& output : outputs) EXPECT_EQ(output, "[1,1,1,1]");
}

TEST(JsTemplate, RandomNumbersDifferBetweenItsRuns) {
  Driver driver("nsl-runner-js");
  const auto outputs = testing::outputs_in_template(
      driver,
      testing::with_input(
          "const chance = Math.random();\n"
          "function main() { return [chance, Math.random(), crypto.randomUUID()]; }"),
      30);
  const auto field = [](const std::string& output, int index) {
    std::size_t at = 1;
    for (int i = 0; i < index; ++i) at = output.find(',', at) + 1;
    return output.substr(at, output.find_first_of(",]", at) - at);
  };
  for (int index = 0; index < 3; ++index) {
    std::set<std::string> different;
    for (const std::string& output : outputs) different.insert(field(output, index));
    EXPECT_EQ(different.size(), outputs.size()) << index;
  }
}

}  // namespace
}  // namespace nsl::runner
