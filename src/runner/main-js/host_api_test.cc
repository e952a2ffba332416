// The host API a function sees, call by call: what reaches the enclave and what comes back.
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "runner/testing/answers.h"

namespace nsl::runner {
namespace {

using Finished = v1::RunFinished;
using testing::Driver;
using testing::RunRecord;

class HostApi : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    driver_ = std::make_unique<Driver>("nsl-runner-js");
    testing::answer_calls(*driver_, fetched_);
  }
  static void TearDownTestSuite() { driver_.reset(); }

  static RunRecord run(const std::string& body) {
    return driver_->run("async function main() {\n" + body + "\n}");
  }
  static std::string output_of(const std::string& body) {
    const RunRecord record = run(body);
    EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
    return record.finished.output();
  }

  static std::unique_ptr<Driver> driver_;
  static std::string fetched_;
};

std::unique_ptr<Driver> HostApi::driver_;
std::string HostApi::fetched_;

TEST_F(HostApi, SecretsByBothNames) {
  EXPECT_EQ(output_of("return neoService.secrets.get('k');"), R"({"name":"k"})");
  EXPECT_EQ(output_of("return neoService.secrets.getSecret('k');"), R"({"name":"k"})");
}

TEST_F(HostApi, Storage) {
  EXPECT_EQ(output_of("return neoService.storage.get('k');"), R"({"key":"k"})");
  EXPECT_EQ(output_of("return neoService.storage.set('k', {a: [1]});"),
            R"({"key":"k","value":{"a":[1]}})");
  EXPECT_EQ(output_of("return neoService.storage.set('k');"), R"({"key":"k","value":null})");
}

TEST_F(HostApi, WalletTakesPositionsOrNames) {
  EXPECT_EQ(output_of("return neoService.wallet.invoke('w', '0x01', 'm', [1], {fee: '2'});"),
            R"({"args":[1],"fee":"2","wallet":"w","contract":"0x01","method":"m"})");
  EXPECT_EQ(
      output_of("return neoService.wallet.invoke({wallet: 'w', contract: 'c', method: 'm'});"),
      R"({"args":[],"wallet":"w","contract":"c","method":"m"})");
  EXPECT_EQ(output_of("return neoService.wallet.transfer('w', 'GAS', 'N', '1.5');"),
            R"({"wallet":"w","asset":"GAS","to":"N","amount":"1.5"})");
}

TEST_F(HostApi, SignTakesTextOrBytes) {
  EXPECT_EQ(output_of("return neoService.wallet.sign('w', 'abc');"),
            R"({"encoding":"raw","wallet":"w","data":"YWJj"})");
  EXPECT_EQ(output_of("return neoService.wallet.sign({wallet: 'w', data: new Uint8Array([1, 2]),"
                      " encoding: 'neo_message'});"),
            R"({"encoding":"neo_message","wallet":"w","data":"AQI="})");
}

TEST_F(HostApi, Blockchain) {
  EXPECT_EQ(output_of("return (await neoService.blockchain.getBlockHeight()) + 1;"), "1235");
  EXPECT_EQ(output_of("return neoService.blockchain.call('c', 'm');"),
            R"({"args":[],"contract":"c","method":"m"})");
  EXPECT_EQ(output_of("return neoService.blockchain.getBlock(7);"), R"({"block":7})");
  EXPECT_EQ(output_of("return neoService.blockchain.getBlock('0xab');"), R"({"block":"0xab"})");
  EXPECT_EQ(output_of("return neoService.blockchain.getTransaction('0xab');"),
            R"({"hash":"0xab"})");
  EXPECT_EQ(output_of("return neoService.blockchain.getApplicationLog('0xab', '5');"),
            R"({"hash":"0xab","cursor":"5"})");
  EXPECT_EQ(output_of("return neoService.blockchain.getBalance('N', 'GAS');"),
            R"({"address":"N","asset":"GAS"})");
}

TEST_F(HostApi, TimeAndRandomness) {
  EXPECT_EQ(
      output_of("return [await neoService.time.now(), [...await neoService.random.bytes(3)]];"),
      "[1700000000000,[1,2,3]]");
}

TEST_F(HostApi, FetchSendsAndReadsLikeTheWebs) {
  EXPECT_EQ(output_of("const r = await fetch('https://a.example/x', {method: 'post', body: 'hi',"
                      " headers: {'X-Key': 's'}}); return [r.ok, r.status, r.headers.get('X-a'),"
                      " (await r.json()).k, await r.text(), (await r.arrayBuffer()).byteLength];"),
            R"([false,404,"1, 2",5,"{\"k\":5}",7])");
  EXPECT_EQ(
      fetched_,
      R"({"url":"https://a.example/x","method":"POST","headers":[["x-key","s"]],"body":"hi"})");
  output_of("await neoService.http.fetch('https://a.example', {body: new Uint8Array([255])});");
  EXPECT_EQ(fetched_,
            R"({"url":"https://a.example","method":"GET","headers":[],"body_base64":"/w=="})");
}

TEST_F(HostApi, ARefusedCallIsAnErrorWithItsCode) {
  EXPECT_EQ(output_of("try { await neoService.http.fetch('x'); await neoService.secrets.get(1); }"
                      " catch (e) { return e instanceof TypeError; }"),
            "true");
  const std::string refused =
      "const call = neoService.events; try { await globalThis.unknown(); } catch (e) {}"
      "return call === undefined;";
  EXPECT_EQ(output_of(refused), "true");
  Driver driver("nsl-runner-js");
  driver.on("secrets.get", [](const v1::HostCall&) { return "!not for you"; });
  const RunRecord caught = driver.run(
      "async function main() { try { await neoService.secrets.get('k'); } catch (e) {"
      " return [e.name, e.code, e.message, e instanceof Error]; } }");
  EXPECT_EQ(caught.finished.output(), R"(["NeoServiceError","NSL-RUN-0010","not for you",true])");
  const RunRecord uncaught =
      driver.run("async function main() {\n  await neoService.secrets.get('k');\n}");
  EXPECT_EQ(uncaught.finished.status(), Finished::FAILED);
  EXPECT_EQ(uncaught.finished.error().message(), "NeoServiceError: not for you (NSL-RUN-0010)");
}

TEST_F(HostApi, CallsAreCountedInTheOrderTheyWereMade) {
  const RunRecord record =
      run("const all = []; for (let i = 0; i < 50; ++i) all.push(neoService.secrets.get('s' + i));"
          "return (await Promise.all(all)).map((a) => a.name).join();");
  ASSERT_EQ(record.finished.status(), Finished::SUCCEEDED);
  ASSERT_EQ(record.calls.size(), 50U);
  for (std::uint32_t i = 0; i < 50; ++i) {
    EXPECT_EQ(record.calls[i].index(), i);
    EXPECT_EQ(record.calls[i].arguments(), "{\"name\":\"s" + std::to_string(i) + "\"}");
  }
  EXPECT_EQ(record.finished.stats().host_calls(), 50U);
}

TEST_F(HostApi, CallsAboveTheLimitAreRefused) {
  v1::StartRun request;
  request.set_source(
      "async function main() { let n = 0; try { for (;;) { await neoService.time.now(); ++n; } }"
      " catch (e) { return [n, e.code]; } }");
  request.mutable_limits()->set_host_calls(5);
  const RunRecord record = driver_->run(std::move(request));
  EXPECT_EQ(record.finished.output(), R"([5,"NSL-RUN-0011"])");
  EXPECT_EQ(record.calls.size(), 5U);
}

TEST_F(HostApi, ACallTooLargeIsTheFunctionsRangeError) {
  EXPECT_EQ(output_of("try { await neoService.storage.set('k', 'x'.repeat(300000)); }"
                      " catch (e) { return e instanceof RangeError; }"),
            "true");
}

TEST_F(HostApi, AReplyTooLargeIsRefused) {
  Driver driver("nsl-runner-js");
  driver.on("storage.get", [](const v1::HostCall&) {
    return "\"" + std::string(static_cast<std::size_t>(limits::kHostCallBytesMax), 'x') + "\"";
  });
  const RunRecord record = driver.run(
      "async function main() { try { await neoService.storage.get('k'); } catch (e) { return "
      "e.code; } }");
  EXPECT_EQ(record.finished.output(), "\"NSL-RUN-0010\"");
}

TEST_F(HostApi, AFunctionThatReplacesBuiltInsHarmsOnlyItself) {
  EXPECT_EQ(
      output_of("JSON.stringify = () => 'x'; JSON.parse = () => 0; Promise.prototype.then = null;"
                "Object.prototype.toJSON = undefined; globalThis.Map = null;"
                "return {a: await neoService.blockchain.getBlockHeight()};"),
      "{\"a\":1234}");
}

TEST_F(HostApi, OpenCallsAtTheEndAreNamedInTheLog) {
  Driver driver("nsl-runner-js");
  driver.on("storage.get", [](const v1::HostCall&) { return ""; });
  const RunRecord record =
      driver.run("async function main() { neoService.storage.get('k'); return 1; }");
  EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED);
  ASSERT_EQ(record.logs.size(), 1U);
  EXPECT_NE(record.logs[0].text().find("still open"), std::string::npos);
}

}  // namespace
}  // namespace nsl::runner
