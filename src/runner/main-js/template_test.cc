// JavaScript in runs that begin in a template: they are as any other.
#include "runner/testing/template_run.h"

#include <set>

namespace nsl::runner {
namespace {

using testing::Driver;

v1::StartRun request_of(const std::string& source) {
  v1::StartRun request;
  request.set_source(source);
  request.set_input(R"({"a":1})");
  return request;
}

v1::StartRun repeatable(const std::string& source) {
  v1::StartRun request = request_of(source);
  request.set_time_ms(1'700'000'000'125);
  request.set_seed(std::string(32, 'a'));
  return request;
}

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
    testing::expect_same_in_template("nsl-runner-js", repeatable(source));
  }
}

TEST(JsTemplate, NothingOfARunIsLeftForTheNext) {
  Driver driver("nsl-runner-js");
  const auto outputs = testing::outputs_in_template(
      driver,
      request_of("globalThis.count = (globalThis.count ?? 0) + 1; let own = 0;\n"
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
      request_of("const chance = Math.random();\n"
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
