// What a function finds of the web platform beside fetch and text.
#include <cstdlib>
#include <fstream>

#include "core/base/limits.h"
#include "runner/main-js/fixture.h"

namespace nsl::runner {
namespace {

class Web : public JsRun {
 protected:
  static std::string message_of(const std::string& source) { return error_of(source).message(); }
};

std::string url_cases() {
  const char* source = std::getenv("NSL_SOURCE_DIR");
  std::ifstream file(std::string(source == nullptr ? "." : source) +
                     "/src/runner/main-js/testdata/urls.jsonl");
  std::string cases;
  for (std::string line; std::getline(file, line);) cases += (cases.empty() ? "[" : ",") + line;
  return cases + "]";
}

// The platform's own tests (testdata/README.md). Two of them are older than the standard, which
// percent-encodes ^ in a path since 2024 (whatwg/url, pull request 817).
TEST_F(Web, UrlsAreReadAsThePlatformsTestsSay) {
  EXPECT_EQ(
      output_of("function main(cases) {"
                " const read = (input, base) => { try {"
                "   return new URL(input, base ?? undefined).href; } catch { return null; } };"
                " const wrong = cases.filter(([input, base, href]) => read(input, base) !== href);"
                " return [cases.length, wrong.map(([input]) => input.slice(0, 11))]; }",
                url_cases()),
      R"([820,["foo://host/","wss://host/"]])");
}

TEST_F(Web, SearchParametersAreReadAndWritten) {
  EXPECT_EQ(
      output_of("function main() { const url = new URL('https://a.example/p?x=1&y=%C3%A4+b');"
                " url.searchParams.append('z', '&='); url.searchParams.delete('x');"
                " return [url.searchParams.get('y'), url.search, [...url.searchParams.keys()],"
                "         new URLSearchParams({ q: 'a b' }).toString()]; }"),
      R"(["ä b","?y=%C3%A4+b&z=%26%3D",["y","z"],"q=a+b"])");
}

TEST_F(Web, StructuredCloneCopiesWhatJsonCannot) {
  EXPECT_EQ(
      output_of(
          "function main() { const value = { when: new Date(5), big: 10n, map: new Map([[1, 2]]),"
          " bytes: Uint8Array.of(7) }; value.self = value; const copy = structuredClone(value);"
          " return [copy !== value, copy.self === copy, copy.when.getTime(), String(copy.big),"
          "         copy.map.get(1), copy.bytes[0]]; }"),
      "[true,true,5,\"10\",2,7]");
  EXPECT_NE(message_of("function main() { structuredClone(() => 1); }").find("could not be cloned"),
            std::string::npos);
}

TEST_F(Web, RandomValuesFillArraysOfIntegersOnly) {
  EXPECT_EQ(
      output_of("function main() { const a = crypto.getRandomValues(new Uint32Array(4));"
                " const b = crypto.getRandomValues(new Uint32Array(4));"
                " return [a.length, a.join() !== b.join(), a.some((word) => word > 65535)]; }"),
      "[4,true,true]");
  EXPECT_NE(message_of("function main() { crypto.getRandomValues(new Float64Array(1)); }")
                .find("integers"),
            std::string::npos);
  EXPECT_NE(message_of("function main() { crypto.getRandomValues(new Uint8Array(65537)); }")
                .find("65536"),
            std::string::npos);
}

TEST_F(Web, UuidsAreRandomOnes) {
  EXPECT_EQ(
      output_of(
          "function main() { const made = Array.from({ length: 50 }, () => crypto.randomUUID());"
          " return [new Set(made).size, made.every((id) =>"
          " /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))]; }"),
      "[50,true]");
}

TEST_F(Web, MicrotasksRunAfterTheCode) {
  EXPECT_EQ(output_of("async function main() { const seen = []; queueMicrotask(() => seen.push(2));"
                      " seen.push(1); await null; return seen; }"),
            "[1,2]");
}

class GuestTimersTest : public Web {
 protected:
  GuestTimersTest() {
    driver_->on("time.sleep", [this](const v1::HostCall& call) {
      sleeps_.push_back(call.arguments());
      return std::string("null");
    });
  }
  std::vector<std::string> sleeps_;
};

TEST_F(GuestTimersTest, FireInTheOrderOfTheirTimesThenOfTheirCreation) {
  EXPECT_EQ(
      output_of("async function main() { const seen = []; await new Promise((done) => {"
                " setTimeout((x) => seen.push(x), 20, 'c'); setTimeout(() => seen.push('a'), 10);"
                " setTimeout(() => seen.push('b'), 10); setTimeout(done, 30); }); return seen; }"),
      R"(["a","b","c"])");
  ASSERT_FALSE(sleeps_.empty());
  EXPECT_EQ(sleeps_.front(), R"({"ms":10})");
}

TEST_F(GuestTimersTest, OneThatIsClearedDoesNotFire) {
  EXPECT_EQ(
      output_of("async function main() { const seen = []; await new Promise((done) => {"
                " const id = setTimeout(() => seen.push(1), 5); clearTimeout(id);"
                " let n = 0; const again = setInterval(() => { seen.push('i');"
                " if (++n === 3) { clearInterval(again); done(); } }, 10); }); return seen; }"),
      R"(["i","i","i"])");
}

TEST_F(GuestTimersTest, OnesThatWaitDoNotKeepARunAlive) {
  EXPECT_EQ(
      output_of("function main() { setTimeout(() => console.log('never'), 1000); return 1; }"),
      "1");
  EXPECT_TRUE(sleeps_.empty());
}

TEST_F(GuestTimersTest, BoundsTheTimersOfARun) {
  EXPECT_NE(message_of("function main() { for (;;) setTimeout(() => 1, 10); }")
                .find("At most " + std::to_string(limits::kRunTimersMax)),
            std::string::npos);
}

TEST_F(GuestTimersTest, OneThatThrowsIsLoggedAndTheOthersGoOn) {
  EXPECT_EQ(output_of("async function main() { setTimeout(() => { throw new Error('no'); }, 1);"
                      " await new Promise((done) => setTimeout(done, 2)); return 1; }"),
            "1");
}

}  // namespace
}  // namespace nsl::runner
