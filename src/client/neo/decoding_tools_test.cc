// Transactions, blocks, NEF files and wallets, decoded and signed.
#include "client/neo/tools_test.h"
#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "core/neo/nef.h"
#include "core/neo/nep6.h"

namespace nsl::client::neo_tools {
namespace {

// neon-core 5.10.1: a transfer of 1.5 GAS from key 0 of these tests, and its id.
constexpr std::string_view kUnsigned =
    "004e61bc0094390f000000000012c712000000000081160000011298dffc6761a4c559a7dffa46880ba80f19fb4d01"
    "005a0b0280d1f0080c1487ad17a9d8810803cc58825f7181584c828440600c141298dffc6761a4c559a7dffa46880b"
    "a80f19fb4d14c01f0c087472616e736665720c14cf76e28bd0062c4a478ee35561011319f3cfa4d241627d5b52";
constexpr std::string_view kHash =
    "94d09fa8faf3a9d3a6cf4547b0588f8037fb83e9e22c0459db4859763abc926b";
constexpr std::string_view kTestNetDigest =
    "afb8336ec509be59e0d37bc2389ceb741538a94150f0016ac002328c6bee3779";
// SHA-256 of "neo-service-layer test key 0".
constexpr std::string_view kKey0 =
    "2f9b70a2f4652c0233945be2be353337ec89764a73e7db01bb15f7aa0fb6d386";
constexpr std::string_view kAddress0 = "NMcJV9SQcDUNFHoaQ69jEnFg33RQUWdF5k";

class NeoFiles : public NeoTools {
 protected:
  static std::string tx_line(std::string_view tx, const std::string& more) {
    return object("tx", tx, ",\"network\":\"testnet\"," + more);
  }
  std::string signed_hex() {
    return text("tx sign", tx_line(kUnsigned, R"("private_key":")" + std::string(kKey0) + "\""),
                "tx");
  }
};

TEST_F(NeoFiles, SignsATransactionOfOneKey) {
  const JsonValue answer =
      ask("tx sign", tx_line(kUnsigned, R"("private_key":")" + std::string(kKey0) + "\""));
  EXPECT_EQ(*answer.find("hash")->find_string(), kHash);
  EXPECT_TRUE(*answer.find("complete")->find_boolean());
  EXPECT_TRUE(answer.find("missing")->find_array()->empty());
  EXPECT_TRUE(answer.find("tx")->find_string()->starts_with(kUnsigned));
}

TEST_F(NeoFiles, SaysWhichSignaturesAreMissing) {
  const JsonValue answer = ask("tx sign", tx_line(kUnsigned, R"("keys":[])"));
  EXPECT_FALSE(*answer.find("complete")->find_boolean());
  const JsonValue& missing = answer.find("missing")->find_array()->at(0);
  EXPECT_EQ(*missing.find("address")->find_string(), kAddress0);
}

TEST_F(NeoFiles, RefusesAKeyThatIsOfNoSigner) {
  const std::string line = tx_line(kUnsigned, R"("wif":")" + std::string(kWif) + "\"");
  EXPECT_EQ(refusal("tx sign", line), "NSL-NEO-0014");
}

TEST_F(NeoFiles, DecodesIntoTheFormOfANodeAndBack) {
  const std::string hex = signed_hex();
  const JsonValue decoded = ask("tx decode", object("tx", hex, R"(,"network":894710606)"));
  EXPECT_EQ(*decoded.find("hash")->find_string(), "0x" + std::string(kHash));
  EXPECT_EQ(*decoded.find("sysfee")->find_string(), "997780");
  EXPECT_EQ(*decoded.find("sender")->find_string(), kAddress0);
  EXPECT_EQ(*decoded.find("signing_digest")->find_string(), kTestNetDigest);
  JsonValue::Object members = *decoded.find_object();
  std::erase_if(members, [](const auto& member) { return member.first == "signing_digest"; });
  const JsonValue encoded = ask("tx encode", neo::to_text(JsonValue::object(members)));
  EXPECT_EQ(*encoded.find("hex")->find_string(), hex);
  EXPECT_EQ(*encoded.find("unsigned_hex")->find_string(), kUnsigned);
  EXPECT_EQ(*encoded.find("hash")->find_string(), kHash);
  EXPECT_EQ(encoded.find("size")->to_uint64(), hex.size() / 2);
  const std::string base64 =
      codec::encode_base64(codec::decode_hex(*encoded.find("hex")->find_string()).value());
  EXPECT_EQ(text("tx decode", object("tx", base64), "hash"), "0x" + std::string(kHash));
}

TEST_F(NeoFiles, RefusesTransactionsANodeRefuses) {
  const std::string hex = signed_hex();
  EXPECT_EQ(refusal("tx decode", object("tx", kUnsigned)),
            refusal("tx decode", object("tx", "00")));
  EXPECT_EQ(refusal("tx decode", object("tx", hex + "00")), "NSL-NEO-0009");
  EXPECT_EQ(refusal("tx decode", object("tx", "01" + hex.substr(2))), "NSL-NEO-0009");
  EXPECT_EQ(refusal("tx decode", object("tx", "*")), "NSL-NEO-0014");
}

TEST_F(NeoFiles, CollectsTheSignaturesOfAnAccountOfSeveralKeys) {
  std::vector<std::string> secrets;
  std::string keys;
  for (int i = 1; i <= 3; ++i) {
    secrets.push_back(std::string(63, '0') + std::to_string(i));
    keys += (i == 1 ? "\"" : ",\"") +
            text("key", object("private_key", secrets.back()), "public_key") + "\"";
  }
  const JsonValue account = ask("multisig", R"({"m":2,"public_keys":[)" + keys + "]}");
  const std::string unsigned_hex =
      text("tx encode",
           R"({"version":0,"nonce":1,"sysfee":"1","netfee":"2","validuntilblock":3,"signers":[)"
           R"({"account":"0x)" +
               *account.find("script_hash")->find_string() +
               R"(","scopes":"CalledByEntry"}],"attributes":[],"script":"QA=="})",
           "unsigned_hex");
  const std::string scripts =
      R"("verification_scripts":[")" + *account.find("verification_script")->find_string() + "\"]";
  const JsonValue first =
      ask("tx sign", tx_line(unsigned_hex, scripts + R"(,"private_key":")" + secrets[2] + "\""));
  EXPECT_FALSE(*first.find("complete")->find_boolean());
  const JsonValue& missing = first.find("missing")->find_array()->at(0);
  EXPECT_EQ(missing.find("signatures")->to_uint64(), 1U);
  EXPECT_EQ(missing.find("public_keys")->find_array()->size(), 2U);
  const std::string partial = *first.find("tx")->find_string();
  const JsonValue second =
      ask("tx sign", tx_line(partial, R"("private_key":")" + secrets[0] + "\""));
  EXPECT_TRUE(*second.find("complete")->find_boolean());
  const JsonValue both = ask(
      "tx sign",
      tx_line(unsigned_hex, scripts + R"(,"keys":[")" + secrets[0] + "\",\"" + secrets[2] + "\"]"));
  EXPECT_EQ(*second.find("tx")->find_string(), *both.find("tx")->find_string());
  EXPECT_EQ(
      refusal("tx sign", tx_line(kUnsigned, scripts + R"(,"private_key":")" + secrets[0] + "\"")),
      "NSL-NEO-0014");
}

TEST_F(NeoFiles, RefusesBlocksThatAreNone) {
  EXPECT_EQ(refusal("block decode", object("block", "00")), "NSL-NEO-0013");
  EXPECT_EQ(refusal("header decode", object("header", "00")), "NSL-NEO-0013");
  EXPECT_TRUE(refusal("block decode", R"({"block":{}})").starts_with("NSL-NEO-"));
}

TEST_F(NeoFiles, ShowsAScript) {
  const JsonValue answer = ask("script show", object("script", "0c036e656f41627d5b5240"));
  const JsonValue::Array& rows = *answer.find("instructions")->find_array();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(*rows[0].find("opcode")->find_string(), "PUSHDATA1");
  EXPECT_EQ(*rows[0].find("operand")->find_string(), "6e656f");
  EXPECT_EQ(rows[1].find("offset")->to_uint64(), 5U);
  EXPECT_NE(rows[1].find("note")->find_string()->find("System.Contract.Call"), std::string::npos);
  EXPECT_EQ(refusal("script show", object("script", "0c05")), "NSL-NEO-0007");
}

TEST_F(NeoFiles, FindsInstructionsAndSystemCallsBothWays) {
  EXPECT_EQ(text("opcode", object("name", "PUSHDATA1"), "code"), "0c");
  EXPECT_EQ(text("opcode", object("code", "0c"), "name"), "PUSHDATA1");
  EXPECT_EQ(text("interop", object("name", "System.Contract.Call"), "code"), "627d5b52");
  EXPECT_EQ(text("interop", object("code", "627d5b52"), "price"), "32768");
  EXPECT_EQ(refusal("interop", object("name", "System.None")), "NSL-NEO-0014");
  EXPECT_EQ(refusal("opcode", object("code", "ff")), "NSL-NEO-0014");
}

// neo-project/neo GasToken, deployed by the zero account with checksum 0.
TEST_F(NeoFiles, ComputesTheHashOfAContract) {
  const std::string line =
      object("sender", std::string(40, '0'), R"(,"nef_checksum":0,"name":"GasToken")");
  EXPECT_EQ(text("contract-hash", line, "hash"), "d2a4cff31913016155e38e474a2c06d08be276cf");
}

TEST_F(NeoFiles, ReadsAContractsFileAndSaysWhetherItIsWhole) {
  Bytes file = neo::encode(
      neo::Nef{.compiler = "nsl", .source = "https://a", .tokens = {}, .script = {0x40}});
  const JsonValue good = ask("nef", object("nef", codec::encode_hex(file)));
  EXPECT_EQ(*good.find("compiler")->find_string(), "nsl");
  EXPECT_EQ(*good.find("script")->find_string(), "40");
  EXPECT_TRUE(*good.find("checksum_valid")->find_boolean());
  file.back() ^= 1;
  EXPECT_EQ(text("nef", object("nef", codec::encode_base64(file)), "checksum_valid"), "false");
  EXPECT_EQ(refusal("nef", object("nef", "00")), "NSL-NEO-0016");
}

TEST_F(NeoFiles, OpensTheAccountsOfAWallet) {
  constexpr crypto::ScryptCost kCheap{2, 1, 1};
  neo::Nep6Wallet wallet;
  wallet.scrypt = kCheap;
  for (const char* passphrase : {"one", "two"}) {
    const neo::PrivateKey key = neo::PrivateKey::generate(random_);
    wallet.accounts.push_back(neo::make_nep6_account(key, as_bytes(passphrase), kCheap).value());
  }
  const std::string file = neo::to_text(neo::to_json(wallet));
  const JsonValue answer = ask("wallet", R"({"passphrases":["one"],"wallet":)" + file + "}");
  const JsonValue::Array& accounts = *answer.find("accounts")->find_array();
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_TRUE(*accounts[0].find("decrypted")->find_boolean());
  EXPECT_FALSE(*accounts[1].find("decrypted")->find_boolean());
  EXPECT_EQ(*accounts[0].find("kind")->find_string(), "single");
  EXPECT_EQ(accounts[0].find("m")->to_uint64(), 1U);
  EXPECT_EQ(refusal("wallet", R"({"wallet":{}})"), "NSL-NEO-0005");
}

// The NEP-20 text's own example, which verifies for network 5195086.
TEST_F(NeoFiles, VerifiesTheLayoutsThatNeedANetwork) {
  const std::string challenge =
      R"("message":{"nonce":"13458238842203010919","timestamp":1616131369},"layout":"nep20")";
  EXPECT_EQ(text("message sign",
                 R"({"network":5195086,"private_key":")" + std::string(kPrivateKey) + "\"," +
                     challenge + "}",
                 "signed_bytes")
                .substr(0, 32),
            "4e454f0067f7df13ec44c5ba29355460");
  for (const std::string& what :
       {challenge, std::string(R"("message":"hello","layout":"network")")}) {
    const std::string signature = text(
        "message sign", R"({"network":"testnet","wif":")" + std::string(kWif) + "\"," + what + "}",
        "signature");
    const auto check = [&](const char* network) {
      return is_valid("message verify", object("public_key", kPublicKey,
                                               R"(,"signature":")" + signature + R"(","network":)" +
                                                   network + "," + what));
    };
    EXPECT_TRUE(check("894710606"));
    EXPECT_FALSE(check("860833102"));
  }
}

}  // namespace
}  // namespace nsl::client::neo_tools
