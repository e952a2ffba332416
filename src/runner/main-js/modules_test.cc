#include "runner/main-js/fixture.h"
#include "runner/testing/files.h"

namespace nsl::runner {
namespace {

using testing::Files;
using testing::to_request;

class JsModules : public JsRun {
 protected:
  static v1::RunFinished run_files(const Files& files) {
    return driver_->run(to_request(files)).finished;
  }
  static std::string output(const Files& files) { return testing::output_of(*driver_, files); }
  static std::string mistake(const Files& files) { return testing::mistake_of(*driver_, files); }
};

TEST_F(JsModules, ImportsFilesRelativeToTheImporter) {
  EXPECT_EQ(output({{"main.js",
                     "import { twice } from './lib/number.js';\n"
                     "import data, { } from './data.json' with { type: 'json' };\n"
                     "export default { main: () => twice(data.n) };"},
                    {"data.json", "{\"n\": 21}"},
                    {"lib/number.js", "export { twice } from '../other/twice.mjs';"},
                    {"other/twice.mjs", "export const twice = n => n * 2;"}}),
            "42");
}

TEST_F(JsModules, ImportsAtRunTime) {
  EXPECT_EQ(output({{"main.js",
                     "export async function main() {\n"
                     "  const { a } = await import('./lib/a.js');\n"
                     "  const data = await import('./lib/b.json', { with: { type: 'json' } });\n"
                     "  const again = await import('./lib/../lib/a.js');\n"
                     "  return [a, data.default, again.a === a];\n}"},
                    {"lib/a.js", "await null; export const a = {x: 1};"},
                    {"lib/b.json", "[2]"}}),
            R"([{"x":1},[2],true])");
  EXPECT_EQ(output({{"main.js", "async function main() { return (await import('./a.js')).a; }"},
                    {"a.js", "export const a = 3;"}}),
            "3");
  EXPECT_EQ(output({{"main.js",
                     "export async function main() {\n"
                     "  try { await import('./none.js'); } catch (e) { return e.message; }\n}"}}),
            "\"Cannot find './none.js'\"");
}

TEST_F(JsModules, RequiresFilesAsNodeDoes) {
  EXPECT_EQ(output({{"main.js",
                     "const { twice } = require('./lib');\n"
                     "const data = require('./data');\n"
                     "module.exports.main = () => twice(data.n);"},
                    {"data.json", "{\"n\": 21}"},
                    {"lib/index.js", "exports.twice = require('./twice.cjs');"},
                    {"lib/twice.cjs", "module.exports = n => n * 2;"}}),
            "42");
  // A handler at the top level of a script, as in a function of one source.
  EXPECT_EQ(output({{"main.js", "const a = require('./a');\nfunction main() { return a; }"},
                    {"a.js", "module.exports = 'a';"}}),
            "\"a\"");
}

TEST_F(JsModules, AModuleGetsTheExportsOfCommonJsAsItsDefault) {
  EXPECT_EQ(output({{"main.mjs", "import a from './a.cjs'; export const main = () => a.x;"},
                    {"a.cjs", "exports.x = require('./b.json').y;"},
                    {"b.json", "{\"y\": 5}"}}),
            "5");
}

TEST_F(JsModules, CyclesAreHandledAsTheLanguageDoes) {
  EXPECT_EQ(output({{"main.js",
                     "import { b } from './b.js'; export const a = () => 'a';\n"
                     "export const main = () => b();"},
                    {"b.js", "import { a } from './main.js'; export const b = () => a() + 'b';"}}),
            "\"ab\"");
  EXPECT_EQ(output({{"main.cjs",
                     "exports.early = 1; const b = require('./b.cjs'); exports.late = 2;\n"
                     "exports.main = () => [b.seen, require('./b.cjs') === b];"},
                    {"b.cjs", "exports.seen = {...require('./main.cjs')};"}}),
            R"([{"early":1},true])");
  EXPECT_NE(output({{"main.js",
                     "import { b } from './b.js'; export const a = 1;\n"
                     "export const main = () => b;"},
                    {"b.js", "import { a } from './main.js'; export const b = a;"}})
                .find("ReferenceError"),
            std::string::npos);
}

TEST_F(JsModules, EachFileRunsOnce) {
  EXPECT_EQ(output({{"main.js",
                     "import './a.js'; import './b.js'; import count from './count.js';\n"
                     "export const main = () => count.n;"},
                    {"a.js", "import count from './count.js'; count.n++;"},
                    {"b.js", "import count from './count.js'; count.n++;"},
                    {"count.js", "export default { n: 0 };"}}),
            "2");
}

TEST_F(JsModules, NothingOutsideTheBundleIsFound) {
  for (const char* specifier : {"fs", "node:fs", "/etc/passwd", "../main.js", "./../../x",
                                "file:///etc/passwd", "https://example.com/a.js", "", ".", "..",
                                "./", "data:text/javascript,1", "./lib/%2e%2e/main.js"}) {
    const std::string quoted = std::string("'") + specifier + "'";
    EXPECT_NE(mistake({{"main.js", "import " + quoted + ";"}}).find("Cannot find"),
              std::string::npos)
        << specifier;
    const std::string source = "exports.main = async () => {\n  try { require(" + quoted +
                               "); return 'required'; } catch {}\n  try { await import(" + quoted +
                               "); return 'imported'; } catch { return 'neither'; }\n};";
    EXPECT_EQ(output({{"main.js", source}}), "\"neither\"") << specifier;
  }
}

TEST_F(JsModules, EveryFileIsCheckedAtDeployWithItsPlace) {
  EXPECT_EQ(mistake({{"main.js", "import './lib/a.js'; export const main = () => 1;"},
                     {"lib/a.js", "export const a = 1;"}}),
            "");
  EXPECT_EQ(
      mistake({{"main.js", "export const main = 1;"}, {"lib/a.js", "let a = 1;\nlet b = ];"}}),
      "lib/a.js:2:9 SyntaxError: Unexpected token ']'");
  EXPECT_EQ(mistake({{"main.mjs", "export const main = 1;"},
                     {"lib/a.mjs", "const b = 1;\n  export { c } from './none.mjs';"}})
                .substr(0, 17),
            "lib/a.mjs:2:21 Er");
  EXPECT_EQ(mistake({{"main.js", "\nimport { b } from './a.js';"}, {"a.js", "export const a = 1;"}})
                .substr(0, 12),
            "main.js:2:10");
  EXPECT_EQ(mistake({{"main.js", "1"}, {"data.json", "{\n \"a\": }"}}).substr(0, 13),
            "data.json:1:1");
  EXPECT_EQ(mistake({{"main.js", "1"}, {"lib/b.js", "'\xff'"}}),
            "lib/b.js:1:1 SyntaxError: The file is not UTF-8");
  EXPECT_EQ(mistake({{"main.js", "1"}, {"image.png", "\xff\xfe"}, {"README.md", "# ]"}}), "");
  EXPECT_NE(mistake({{"main.txt", "1"}}).find("entry file"), std::string::npos);
}

TEST_F(JsModules, ImportsSayWhatIsMissing) {
  EXPECT_NE(mistake({{"main.js", "import './a';"}, {"a.js", ""}}).find("ends with .js"),
            std::string::npos);
  EXPECT_NE(
      mistake({{"main.js", "import a from './a.json'; export const main = a;"}, {"a.json", "1"}})
          .find("with { type: 'json' }"),
      std::string::npos);
  EXPECT_NE(mistake({{"main.js", "import a from './a.js' with { type: 'json' };"},
                     {"a.js", "export default 1;"}})
                .find("as JSON"),
            std::string::npos);
  EXPECT_NE(output({{"main.cjs", "exports.main = () => require('./a.mjs');"}, {"a.mjs", ""}})
                .find("a module is imported"),
            std::string::npos);
}

TEST_F(JsModules, ErrorsNameTheFileAndTheLine) {
  const v1::RunFinished finished = run_files(
      {{"main.js", "import { fail } from './lib/a.js';\nexport const main = () => fail();"},
       {"lib/a.js", "export function fail() {\n  throw new Error('no price');\n}"}});
  EXPECT_EQ(finished.error().file(), "lib/a.js");
  EXPECT_EQ(finished.error().line(), 2U);
  EXPECT_EQ(finished.error().column(), 3U);
  EXPECT_NE(finished.error().stack().find("lib/a.js:2:9"), std::string::npos);
  EXPECT_NE(finished.error().stack().find("main.js:2:27"), std::string::npos);
  const v1::RunFinished required =
      run_files({{"main.js", "exports.main = () => require('./a')();"},
                 {"a.js", "module.exports = () => {\n\n  null.x;\n};"}});
  EXPECT_EQ(required.error().file(), "a.js");
  EXPECT_EQ(required.error().line(), 3U);
  EXPECT_EQ(required.error().column(), 8U);
}

TEST_F(JsModules, AFunctionOfOneSourceHasNoFileNames) {
  EXPECT_EQ(driver_->run("function main() { null.x; }").finished.error().file(), "");
  EXPECT_NE(driver_->run("function main() { require('./a'); }").finished.error().line(), 0U);
}

}  // namespace
}  // namespace nsl::runner
