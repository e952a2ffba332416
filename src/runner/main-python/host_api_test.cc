// The host API as a Python function sees it: what reaches the enclave and what comes back.
#include "core/base/limits.h"
#include "runner/main-python/fixture.h"
#include "runner/testing/answers.h"

namespace nsl::runner {
namespace {

class PythonApi : public PythonRun {
 protected:
  static void SetUpTestSuite() {
    PythonRun::SetUpTestSuite();
    testing::answer_calls(*driver_, fetched_);
  }

  // The same expression in a function and, awaited, in a coroutine.
  static std::string value_of(const std::string& call) {
    const std::string value = output_of("def main():\n  return " + call);
    EXPECT_EQ(output_of("async def main():\n  return await " + call), value) << call;
    return value;
  }
  static std::string refusal_of(const std::string& call) {
    return error_of("from decimal import Decimal\ndef main():\n  return " + call).message();
  }

  static inline std::string fetched_;
};

TEST_F(PythonApi, CallsGiveTheirValueOrAreAwaited) {
  EXPECT_EQ(value_of("neo_service.secrets.get('k')"), R"({"name":"k"})");
  EXPECT_EQ(value_of("neo_service.secrets.get_secret('k')"), R"({"name":"k"})");
  EXPECT_EQ(value_of("neo_service.storage.get('k')"), R"({"key":"k"})");
  EXPECT_EQ(value_of("neo_service.storage.set('k', {'a': [1]})"),
            R"({"key":"k","value":{"a":[1]}})");
  EXPECT_EQ(value_of("neo_service.storage.set('k')"), R"({"key":"k","value":null})");
  EXPECT_EQ(value_of("neo_service.blockchain.get_block_height()"), "1234");
  EXPECT_EQ(value_of("neo_service.time.now()"), "1700000000000");
  EXPECT_EQ(output_of("import neo_service as n\ndef main(): return list(n.random.bytes(3))"),
            "[1,2,3]");
  EXPECT_EQ(output_of("def main():\n  return later()\nasync def later():\n"
                      "  return await neo_service.time.now() + 1"),
            "1700000000001");
}

TEST_F(PythonApi, WalletTakesPositionsOrNames) {
  EXPECT_EQ(value_of("neo_service.wallet.invoke('w', '0x01', 'm', [1], fee='2')"),
            R"({"fee":"2","wallet":"w","contract":"0x01","method":"m","args":[1]})");
  EXPECT_EQ(value_of("neo_service.wallet.invoke(wallet='w', contract='c', method='m')"),
            R"({"wallet":"w","contract":"c","method":"m","args":[]})");
  EXPECT_EQ(value_of("neo_service.wallet.transfer('w', 'GAS', 'N', '1.5')"),
            R"({"wallet":"w","asset":"GAS","to":"N","amount":"1.5"})");
  EXPECT_EQ(value_of("neo_service.wallet.sign('w', 'abc')"),
            R"({"encoding":"raw","wallet":"w","data":"YWJj"})");
  EXPECT_EQ(value_of("neo_service.wallet.sign(wallet='w', data=b'\\1\\2', encoding='neo_message')"),
            R"({"encoding":"neo_message","wallet":"w","data":"AQI="})");
}

TEST_F(PythonApi, AmountsAreExact) {
  const std::string begin = "neo_service.wallet.transfer('w', 'GAS', 'N', ";
  const auto amount_of = [&begin](const std::string& amount) {
    return output_of("from decimal import Decimal\ndef main():\n  return " + begin + amount +
                     ")['amount']");
  };
  EXPECT_EQ(amount_of("Decimal('0.1') + Decimal('0.2')"), "\"0.3\"");
  EXPECT_EQ(amount_of("Decimal('1E+3')"), "\"1000\"");
  EXPECT_EQ(amount_of("Decimal('1E-8')"), "\"0.00000001\"");
  EXPECT_EQ(amount_of("10**20"), "\"100000000000000000000\"");
  for (const std::string amount : {"0.1", "True", "None", "[1]"}) {
    EXPECT_NE(refusal_of(begin + amount + ")").find("an amount must be"), std::string::npos);
  }
  EXPECT_NE(refusal_of(begin + "Decimal('NaN'))").find("finite"), std::string::npos);
  EXPECT_NE(refusal_of("neo_service.wallet.invoke('w', 'c', 'm', [], fee=0.5)").find("float"),
            std::string::npos);
}

TEST_F(PythonApi, ContractsGetWholeNumbersAndBytes) {
  EXPECT_EQ(
      output_of(
          "def main():\n  return neo_service.blockchain.call('c', 'm', "
          "[1, 2**53, b'\\1', 't', True, None, [(-2**60)], {'type': 'Hash160', 'value': 'N'}])"
          "['args']"),
      R"([1,{"type":"Integer","value":"9007199254740992"},{"type":"ByteArray","value":"AQ=="},)"
      R"("t",true,null,[{"type":"Integer","value":"-1152921504606846976"}],)"
      R"({"type":"Hash160","value":"N"}])");
  for (const std::string value : {"1.5", "Decimal('1')", "{1}", "{'a': 1}"}) {
    EXPECT_NE(refusal_of("neo_service.wallet.invoke('w', 'c', 'm', [" + value + "])")
                  .find("a contract takes no"),
              std::string::npos);
  }
}

TEST_F(PythonApi, ReadsTheChain) {
  const auto output = [](const std::string& call) {
    return output_of("def main():\n  return neo_service.blockchain." + call);
  };
  EXPECT_EQ(output("get_block_height()"), "1234");
  EXPECT_EQ(output("get_block(7)"), R"({"block":7})");
  EXPECT_EQ(output("get_block('0xab')"), R"({"block":"0xab"})");
  EXPECT_EQ(output("get_transaction('0xab')"), R"({"hash":"0xab"})");
  EXPECT_EQ(output("get_application_log('0xab', '5')"), R"({"hash":"0xab","cursor":"5"})");
  EXPECT_EQ(output("get_balance('N', 'GAS')"), R"({"address":"N","asset":"GAS"})");
}

TEST_F(PythonApi, FetchSendsAndReads) {
  EXPECT_EQ(output_of("async def main():\n"
                      "  r = await neo_service.http.fetch('https://a.example/x', method='post',"
                      " body='hi', headers={'X-Key': 's'})\n"
                      "  return [r.ok, r.status, r.headers.get('X-a'), r.headers['x-A'],"
                      " r.json()['k'], r.text(), len(r.bytes())]"),
            R"([false,404,"1, 2","1, 2",5,"{\"k\":5}",7])");
  EXPECT_EQ(
      fetched_,
      R"({"url":"https://a.example/x","method":"POST","headers":[["x-key","s"]],"body":"hi"})");
  output_of("def main(): neo_service.http.fetch('https://a.example', body=b'\\xff')");
  EXPECT_EQ(fetched_,
            R"({"url":"https://a.example","method":"GET","headers":[],"body_base64":"/w=="})");
}

TEST_F(PythonApi, ARefusedCallIsAnErrorWithItsCode) {
  Driver driver("nsl-runner-python");
  driver.on("secrets.get", [](const v1::HostCall&) { return "!not for you"; });
  const RunRecord caught = driver.run(
      "def main():\n  try: neo_service.secrets.get('k')\n"
      "  except NeoServiceError as e: return [type(e).__name__, e.code, str(e)]");
  EXPECT_EQ(caught.finished.output(), R"(["NeoServiceError","NSL-RUN-0010","not for you"])");
  const RunRecord uncaught =
      driver.run("async def main():\n  await neo_service.secrets.get('k')\n");
  EXPECT_EQ(uncaught.finished.status(), Finished::FAILED);
  EXPECT_EQ(uncaught.finished.error().message(), "NeoServiceError: not for you (NSL-RUN-0010)");
  EXPECT_EQ(uncaught.finished.error().line(), 2U);
}

TEST_F(PythonApi, CallsAreCountedInTheOrderTheyWereMade) {
  const RunRecord record =
      run("import asyncio\nasync def main():\n"
          "  all = await asyncio.gather(*(neo_service.secrets.get(f's{i}') for i in range(50)))\n"
          "  return ','.join(one['name'] for one in all)");
  ASSERT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
  ASSERT_EQ(record.calls.size(), 50U);
  for (std::uint32_t i = 0; i < 50; ++i) {
    EXPECT_EQ(record.calls[i].index(), i);
    EXPECT_EQ(record.calls[i].arguments(), "{\"name\":\"s" + std::to_string(i) + "\"}");
  }
}

TEST_F(PythonApi, WrongCallsAreTheFunctionsOwnErrors) {
  EXPECT_EQ(refusal_of("neo_service.secrets.get(1)"), "TypeError: name must be a str, not a int");
  EXPECT_NE(refusal_of("neo_service.storage.set('k', float('nan'))").find("JSON"),
            std::string::npos);
  EXPECT_TRUE(refusal_of("neo_service.storage.set('k', 'x' * 300000)").starts_with("ValueError"));
  const RunRecord record = run("async def main(): return neo_service.time.now()");
  EXPECT_EQ(record.finished.status(), Finished::OUTPUT_INVALID);
  EXPECT_NE(record.finished.error().message().find("not awaited"), std::string::npos);
  ASSERT_EQ(record.logs.size(), 1U);
  EXPECT_NE(record.logs[0].text().find("still open"), std::string::npos);
}

TEST_F(PythonApi, AReplyTooLargeIsRefused) {
  Driver driver("nsl-runner-python");
  driver.on("storage.get", [](const v1::HostCall&) {
    return "\"" + std::string(static_cast<std::size_t>(limits::kHostCallBytesMax), 'x') + "\"";
  });
  const RunRecord record = driver.run(
      "def main():\n  try: neo_service.storage.get('k')\n  except NeoServiceError as e: return "
      "e.code");
  EXPECT_EQ(record.finished.output(), "\"NSL-RUN-0010\"");
}

}  // namespace
}  // namespace nsl::runner
