// The host API as a C# function sees it: what reaches the enclave and what comes back.
#include "core/base/limits.h"
#include "runner/main-csharp/fixture.h"
#include "runner/testing/answers.h"

namespace nsl::runner {
namespace {

class CSharpApi : public CSharpRun {
 protected:
  static void SetUpTestSuite() {
    CSharpRun::SetUpTestSuite();
    testing::answer_calls(*driver_, fetched_);
  }

  // The same call at once and, by its Async name, awaited.
  static std::string both_of(const std::string& name, const std::string& arguments) {
    const std::string value = value_of("NeoService." + name + "(" + arguments + ")");
    EXPECT_EQ(output_of("public class Function { public async Task<object> Main() =>\n  await "
                        "NeoService." +
                        name + "Async(" + arguments + "); }"),
              value)
        << name;
    return value;
  }
  static std::string refusal_of(const std::string& call) {
    return error_of(main_of("    return " + call + ";")).message();
  }

  static inline std::string fetched_;
};

TEST_F(CSharpApi, CallsGiveTheirValueOrAreAwaited) {
  EXPECT_EQ(both_of("Storage.Get", "\"k\""), R"({"key":"k"})");
  EXPECT_EQ(both_of("Blockchain.GetBlockHeight", ""), "1234");
  EXPECT_EQ(both_of("Time.Now", ""), "1700000000000");
  EXPECT_EQ(value_of("NeoService.Random.Bytes(3).Select(b => (int)b)"), "[1,2,3]");
  EXPECT_EQ(value_of("NeoService.Storage.Get<Dictionary<string, string>>(\"k\")[\"key\"]"),
            "\"k\"");
  const RunRecord record =
      run(main_of("    NeoService.Storage.Set(\"k\", new { a = new[] { 1 } });\n"
                  "    NeoService.Storage.Set(\"k\", null); return null;"));
  ASSERT_EQ(record.calls.size(), 2U);
  EXPECT_EQ(record.calls[0].arguments(), R"({"key":"k","value":{"a":[1]}})");
  EXPECT_EQ(record.calls[1].arguments(), R"({"key":"k","value":null})");
}

TEST_F(CSharpApi, ReadsTheChain) {
  EXPECT_EQ(both_of("Blockchain.GetBlock", "5"), R"({"block":5})");
  EXPECT_EQ(both_of("Blockchain.GetBlock", "\"0x01\""), R"({"block":"0x01"})");
  EXPECT_EQ(both_of("Blockchain.GetTransaction", "\"0x01\""), R"({"hash":"0x01"})");
  EXPECT_EQ(both_of("Blockchain.GetApplicationLog", "\"0x01\""), R"({"hash":"0x01","cursor":""})");
  EXPECT_EQ(both_of("Blockchain.GetBalance", "\"N\", \"GAS\""), R"({"address":"N","asset":"GAS"})");
}

TEST_F(CSharpApi, SecretsAreTexts) {
  Driver driver("nsl-runner-csharp");
  driver.on("secrets.get", [](const v1::HostCall& call) {
    return call.arguments() == R"({"name":"k"})" ? "\"sesame\"" : "!no";
  });
  const std::string source =
      "public class Function { public async Task<object> Main() => NeoService.Secrets.Get(\"k\") "
      "+\n"
      "  NeoService.Secrets.GetSecret(\"k\") + await NeoService.Secrets.GetAsync(\"k\"); }";
  EXPECT_EQ(run_on(driver, source, "null").finished.output(), "\"sesamesesamesesame\"");
}

TEST_F(CSharpApi, WalletTakesArgumentsAndOptions) {
  EXPECT_EQ(both_of("Wallet.Invoke", "\"w\", \"0x01\", \"m\", [1], new { fee = \"2\" }"),
            R"({"fee":"2","wallet":"w","contract":"0x01","method":"m","args":[1]})");
  EXPECT_EQ(both_of("Wallet.Invoke", "wallet: \"w\", contract: \"c\", method: \"m\""),
            R"({"wallet":"w","contract":"c","method":"m","args":[]})");
  EXPECT_EQ(both_of("Wallet.Transfer", "\"w\", \"GAS\", \"N\", \"1.5\""),
            R"({"wallet":"w","asset":"GAS","to":"N","amount":"1.5"})");
  EXPECT_EQ(both_of("Wallet.Sign", "\"w\", \"abc\""),
            R"({"encoding":"raw","wallet":"w","data":"YWJj"})");
  EXPECT_EQ(both_of("Wallet.Sign", "\"w\", new byte[] { 1, 2 }, \"neo_message\""),
            R"({"encoding":"neo_message","wallet":"w","data":"AQI="})");
}

TEST_F(CSharpApi, AmountsAreExact) {
  const std::string begin = "NeoService.Wallet.Transfer(\"w\", \"GAS\", \"N\", ";
  const auto amount_of = [&begin](const std::string& amount) {
    return value_of(begin + amount + ")[\"amount\"]");
  };
  EXPECT_EQ(amount_of("0.1m + 0.2m"), "\"0.3\"");
  EXPECT_EQ(amount_of("0.00000001m"), "\"0.00000001\"");
  EXPECT_EQ(amount_of("BigInteger.Pow(10, 20)"), "\"100000000000000000000\"");
  for (const std::string amount : {"0.1", "true", "null", "1f"}) {
    EXPECT_NE(refusal_of(begin + amount + ")").find("an amount must be"), std::string::npos);
  }
  EXPECT_NE(refusal_of("NeoService.Wallet.Invoke(\"w\", \"c\", \"m\", [], new { fee = 0.5 })")
                .find("Double"),
            std::string::npos);
}

TEST_F(CSharpApi, ContractsGetWholeNumbersAndBytes) {
  EXPECT_EQ(
      value_of("NeoService.Blockchain.Call(\"c\", \"m\", 1, 9007199254740992L, new byte[] { 1 "
               "}, \"t\", true, null, new object[] { -BigInteger.Pow(2, 60) }, new { type = "
               "\"Hash160\", value = \"N\" })[\"args\"]"),
      R"([1,{"type":"Integer","value":"9007199254740992"},{"type":"ByteArray","value":"AQ=="},)"
      R"("t",true,null,[{"type":"Integer","value":"-1152921504606846976"}],)"
      R"({"type":"Hash160","value":"N"}])");
  for (const std::string value : {"1.5", "1.5m", "new { a = 1 }", "DateTime.UtcNow"}) {
    EXPECT_NE(refusal_of("NeoService.Blockchain.Call(\"c\", \"m\", " + value + ")")
                  .find("a contract takes no"),
              std::string::npos)
        << value;
  }
}

TEST_F(CSharpApi, FetchSendsAndReads) {
  EXPECT_EQ(
      output_of("public class Function { public async Task<object> Main() {\n"
                "  var r = await NeoService.Http.FetchAsync(\"https://a.example/x\", \"post\",\n"
                "      new Headers { { \"X-Key\", \"s\" } }, \"hi\");\n"
                "  return new object[] { r.Ok, r.Status, r.Headers[\"X-a\"],\n"
                "                        r.Json()[\"k\"], r.Text(), r.Bytes().Length }; } }"),
      R"([false,404,"1, 2",5,"{\"k\":5}",7])");
  EXPECT_EQ(
      fetched_,
      R"({"url":"https://a.example/x","method":"POST","headers":[["x-key","s"]],"body":"hi"})");
  value_of("NeoService.Http.Fetch(\"https://a.example\", body: new byte[] { 255 }).Status");
  EXPECT_EQ(fetched_,
            R"({"url":"https://a.example","method":"GET","headers":[],"body_base64":"/w=="})");
}

TEST_F(CSharpApi, ARefusedCallIsAnExceptionWithItsCode) {
  Driver driver("nsl-runner-csharp");
  driver.on("secrets.get", [](const v1::HostCall&) { return "!not for you"; });
  const RunRecord caught =
      run_on(driver,
             main_of("    try { return NeoService.Secrets.Get(\"k\"); }\n"
                     "    catch (NeoServiceException e) { return new[] { e.Code, e.Message }; }"),
             "null");
  EXPECT_EQ(caught.finished.output(), R"(["NSL-RUN-0010","not for you"])");
  const RunRecord uncaught = run_on(
      driver, main_of("    return Task.Run(() => NeoService.Secrets.GetAsync(\"k\")).Result;"),
      "null");
  EXPECT_EQ(uncaught.finished.status(), Finished::FAILED);
  EXPECT_EQ(uncaught.finished.error().message(), "NeoServiceException: not for you (NSL-RUN-0010)");
}

TEST_F(CSharpApi, CallsAreCountedInTheOrderTheyWereMade) {
  const RunRecord record = run(
      "public class Function { public async Task<object> Main() => (await Task.WhenAll(\n"
      "  Enumerable.Range(0, 50).Select(i => NeoService.Storage.GetAsync($\"s{i}\")))).Length; }");
  ASSERT_EQ(record.finished.output(), "50") << record.finished.ShortDebugString();
  ASSERT_EQ(record.calls.size(), 50U);
  for (std::uint32_t i = 0; i < 50; ++i) {
    EXPECT_EQ(record.calls[i].index(), i);
    EXPECT_EQ(record.calls[i].arguments(), "{\"key\":\"s" + std::to_string(i) + "\"}");
  }
}

TEST_F(CSharpApi, WrongCallsAreTheFunctionsOwnErrors) {
  EXPECT_EQ(refusal_of("NeoService.Secrets.Get(null)"), "ArgumentException: name must be a string");
  EXPECT_NE(error_of(main_of("    NeoService.Storage.Set(\"k\", double.NaN); return 1;"))
                .message()
                .find("JSON"),
            std::string::npos);
  EXPECT_NE(
      error_of(main_of("    NeoService.Storage.Set(\"k\", new string('x', 300000)); return 1;"))
          .message()
          .find("too large"),
      std::string::npos);
  const RunRecord record = run(main_of("    NeoService.Time.NowAsync(); return 1;"));
  EXPECT_EQ(record.finished.output(), "1");
  ASSERT_EQ(record.logs.size(), 1U);
  EXPECT_NE(record.logs[0].text().find("still open"), std::string::npos);
}

TEST_F(CSharpApi, AReplyTooLargeIsRefused) {
  Driver driver("nsl-runner-csharp");
  driver.on("storage.get", [](const v1::HostCall&) {
    return "\"" + std::string(static_cast<std::size_t>(limits::kHostCallBytesMax), 'x') + "\"";
  });
  EXPECT_EQ(run_on(driver,
                   main_of("    try { return NeoService.Storage.Get(\"k\"); }\n"
                           "    catch (NeoServiceException e) { return e.Code; }"),
                   "null")
                .finished.output(),
            "\"NSL-RUN-0010\"");
}

}  // namespace
}  // namespace nsl::runner
