#include "client/neo/tools.h"

#include <set>

#include "client/neo/tools_test.h"

namespace nsl::client::neo_tools {
namespace {

TEST_F(NeoTools, AKeyIsTheSameFromEveryForm) {
  const std::string cheap = R"("scrypt":{"n":2,"r":1,"p":1})";
  const std::string nep2 =
      text("nep2", object("wif", kWif, R"(,"passphrase":"pass",)" + cheap), "nep2");
  for (const std::string& line :
       {object("wif", kWif), object("private_key", kPrivateKey),
        object("private_key", "0x" + std::string(kPrivateKey)), object("public_key", kPublicKey),
        object("nep2", nep2, R"(,"passphrase":"pass",)" + cheap)}) {
    const JsonValue answer = ask("key", line);
    EXPECT_EQ(*answer.find("public_key")->find_string(), kPublicKey);
    EXPECT_EQ(*answer.find("address")->find_string(), kAddress);
    EXPECT_EQ(answer.find("script_hash")->find_string()->size(), 40U);
    EXPECT_EQ(answer.find("public_key_uncompressed")->find_string()->size(), 130U);
    EXPECT_EQ(*answer.find("verification_script")->find_string(),
              "0c21" + std::string(kPublicKey) + "4156e7b327");
    EXPECT_EQ(answer.find("wif"), nullptr);
    EXPECT_EQ(answer.find("private_key"), nullptr);
  }
}

TEST_F(NeoTools, AKeyIsRevealedOnlyWhenAsked) {
  const std::string line = object("private_key", kPrivateKey, R"(,"reveal":true)");
  EXPECT_EQ(text("key", line, "wif"), kWif);
  EXPECT_EQ(text("key", line, "private_key"), kPrivateKey);
  EXPECT_EQ(ask("key", object("private_key", kPrivateKey, R"(,"reveal":false)")).find("wif"),
            nullptr);
}

// nspcc-dev/neo-go v0.122.0 internal/keytestcases/testcases.go: NEP-2's own cost.
TEST_F(NeoTools, OpensTheKeyOfTheReferenceNode) {
  const std::string line =
      object("nep2", "6PYUUUFei9PBBfVkSn8q7hFCnewWFRBKPxcn6Kz6Bmk3FqWyLyuTQE2XFH",
             R"(,"passphrase":"city of zion")");
  EXPECT_EQ(text("key", line, "public_key"), kPublicKey);
}

TEST_F(NeoTools, RefusalsHaveStableCodes) {
  EXPECT_EQ(refusal("key", "no json"), "NSL-NEO-0014");
  EXPECT_EQ(refusal("key", "[]"), "NSL-NEO-0014");
  EXPECT_EQ(refusal("key", "{}"), "NSL-NEO-0014");
  EXPECT_EQ(refusal("key", R"({"wiff":"x"})"), "NSL-NEO-0014");
  EXPECT_EQ(refusal("key", object("wif", kWif, R"(,"public_key":"00")")), "NSL-NEO-0014");
  EXPECT_EQ(refusal("key", object("wif", "Kx")), "NSL-NEO-0002");
  EXPECT_EQ(refusal("key", object("private_key", std::string(64, '0'))), "NSL-NEO-0015");
  EXPECT_EQ(refusal("key", object("private_key", "xyz")), "NSL-NEO-0015");
  EXPECT_EQ(refusal("key", object("public_key", "02" + std::string(64, 'f'))), "NSL-NEO-0006");
  EXPECT_EQ(refusal("key", object("nep2", "6P", R"(,"passphrase":"a")")), "NSL-NEO-0003");
  EXPECT_EQ(refusal("address", object("address", "NPTm")), "NSL-NEO-0001");
  EXPECT_EQ(refusal("address", object("script_hash", "0x12")), "NSL-NEO-0012");
  EXPECT_EQ(refusal("hash", object("hex", "0")), "NSL-NEO-0014");
}

TEST_F(NeoTools, NoRefusalRepeatsAKey) {
  const std::string secret = "0123456789secret";
  for (const std::string& words : {std::string("key"), std::string("sign"), std::string("nep2")}) {
    for (const char* field : {"wif", "private_key"}) {
      const Answer answer = answer_line(tool(words), object(field, secret), random_);
      EXPECT_TRUE(answer.is_error);
      EXPECT_EQ(answer.text.find(secret), std::string::npos) << answer.text;
    }
  }
}

TEST_F(NeoTools, AnAccountHasThreeForms) {
  const std::string hash = text("address", object("address", kAddress), "script_hash");
  EXPECT_EQ(text("address", object("script_hash", hash), "address"), kAddress);
  EXPECT_EQ(text("address", object("script_hash", "0x" + hash), "address"), kAddress);
  const std::string reversed = text("address", object("script_hash", hash), "script_hash_le");
  EXPECT_EQ(reversed.substr(38), hash.substr(0, 2));
}

// Two of the keys sort otherwise by their texts than by point; neo-go v0.122.0
// pkg/smartcontract/contract.go sorts by point.
TEST_F(NeoTools, AMultisigAccountDoesNotDependOnTheOrderOfItsKeys) {
  const std::string base = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
  const std::string keys[] = {"\"02" + base + "\"", "\"03" + base + "\"",
                              "\"" + std::string(kPublicKey) + "\""};
  const auto line = [&keys](std::initializer_list<int> order) {
    std::string list;
    for (const int index : order) list += (list.empty() ? "" : ",") + keys[index];
    return R"({"m":2,"public_keys":[)" + list + "]}";
  };
  const JsonValue first = ask("multisig", line({0, 1, 2}));
  EXPECT_EQ(first, ask("multisig", line({2, 1, 0})));
  EXPECT_EQ(*first.find("public_keys")->find_array()->at(0).find_string(), kPublicKey);
  EXPECT_EQ(refusal("multisig", line({0, 0})), "NSL-NEO-0014");
  EXPECT_EQ(refusal("multisig", R"({"m":0,"public_keys":[]})"), "NSL-NEO-0014");
}

// FIPS 180-4 and the RIPEMD-160 page's vectors of "abc".
TEST_F(NeoTools, HashesBytes) {
  const JsonValue answer = ask("hash", R"({"hex":"616263"})");
  EXPECT_EQ(*answer.find("sha256")->find_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(*answer.find("ripemd160")->find_string(), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
  EXPECT_EQ(*answer.find("base64")->find_string(), "YWJj");
}

TEST_F(NeoTools, ConvertsAValueIntoEveryFormThatFits) {
  const JsonValue answer = ask("convert", R"({"type":"decimal","value":"1.5","decimals":8})");
  EXPECT_EQ(neo::to_text(answer),
            R"({"integer":150000000,"vm_bytes":"80d1f008","hex":"80d1f008","base64":"gNHwCA==",)"
            R"("varint":"fe80d1f008","decimal":"1.5"})");
  EXPECT_EQ(text("convert", R"({"type":"integer","value":-1})", "vm_bytes"), "ff");
  EXPECT_EQ(ask("convert", R"({"type":"integer","value":-1})").find("varint"), nullptr);
  EXPECT_EQ(text("convert", R"({"type":"decimal","value":"-0.5","decimals":1})", "integer"), "-5");
  EXPECT_EQ(text("convert", R"({"type":"varint","value":"fdffff"})", "integer"), "65535");
  EXPECT_EQ(text("convert", R"({"type":"string","value":"neo"})", "hex"), "6e656f");
  EXPECT_EQ(text("convert", R"({"type":"base64","value":"bmVv"})", "string"), "neo");
  EXPECT_EQ(refusal("convert", R"({"type":"varint","value":"fd0100"})"), "NSL-NEO-0014");
  EXPECT_EQ(refusal("convert", R"({"type":"colour","value":"1"})"), "NSL-NEO-0014");
}

TEST_F(NeoTools, IntegersThatADoubleCannotHoldAreStrings) {
  const auto integer = [this](const std::string& value) {
    return neo::to_text(
        *ask("convert", R"({"type":"integer","value":")" + value + "\"}").find("integer"));
  };
  EXPECT_EQ(integer("9007199254740992"), "9007199254740992");
  EXPECT_EQ(integer("9007199254740993"), "\"9007199254740993\"");
  EXPECT_EQ(integer("-9007199254740993"), "\"-9007199254740993\"");
  EXPECT_EQ(text("convert", R"({"type":"integer","value":"18446744073709551615"})", "varint"),
            "ffffffffffffffffff");
}

// RFC 6979 appendix A.2.5, message "sample".
TEST_F(NeoTools, SignsAsRfc6979Says) {
  const std::string key =
      R"("private_key":"c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")";
  const std::string expected =
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
  const std::string by_message = "{" + key + R"(,"message":"73616d706c65"})";
  EXPECT_EQ(text("sign", by_message, "signature"), expected);
  const std::string digest = text("hash", R"({"hex":"73616d706c65"})", "sha256");
  EXPECT_EQ(text("sign", "{" + key + R"(,"digest":")" + digest + "\"}", "signature"), expected);
  const std::string signer = text("sign", by_message, "public_key");
  const std::string check =
      R"({"public_key":")" + signer + R"(","signature":")" + expected + R"(","message":")";
  EXPECT_TRUE(is_valid("verify", check + "73616d706c65\"}"));
  EXPECT_FALSE(is_valid("verify", check + "73616d706c66\"}"));
  EXPECT_EQ(refusal("sign", "{" + key + R"(,"digest":"00"})"), "NSL-NEO-0014");
}

TEST_F(NeoTools, SignsTextsInEveryLayout) {
  const std::string salt(32, 'a');
  for (const char* layout : {"classic", "classic_unsalted", "ledger", "ledger_salted", "raw"}) {
    const std::string what = std::string(R"("message":"hello","layout":")") + layout + "\"";
    const JsonValue made =
        ask("message sign", R"({"wif":")" + std::string(kWif) + "\"," + what + "}");
    std::string line = R"({"public_key":")" + std::string(kPublicKey) + R"(","signature":")" +
                       *made.find("signature")->find_string() + "\"," + what;
    const std::string& salted = *made.find("salt")->find_string();
    line += R"(,"salt":")" + salted + "\"";
    EXPECT_TRUE(is_valid("message verify", line + "}")) << layout;
    EXPECT_EQ(!salted.empty(),
              std::string_view(layout) == "classic" || std::string_view(layout) == "ledger_salted");
  }
  EXPECT_EQ(text("message sign",
                 R"({"wif":")" + std::string(kWif) +
                     R"(","layout":"classic","message":"m","salt":")" + salt + "\"}",
                 "signed_bytes"),
            "010001f021" + text("convert", R"({"type":"string","value":")" + salt + "\"}", "hex") +
                "6d0000");
}

// nspcc-dev/neo-go v0.122.0 and neon-core 5.10.1 make the same script: GAS transfer of 1.5.
TEST_F(NeoTools, BuildsAContractCall) {
  const std::string line =
      R"({"calls":[{"contract":"0xd2a4cff31913016155e38e474a2c06d08be276cf","method":"transfer",)"
      R"("args":[{"type":"Hash160","value":"NMcJV9SQcDUNFHoaQ69jEnFg33RQUWdF5k"},)"
      R"({"type":"ByteArray","value":"87ad17a9d8810803cc58825f7181584c82844060"},)"
      R"({"type":"Integer","value":"150000000"},{"type":"Any","value":null}]}]})";
  EXPECT_EQ(text("script build", line, "script"),
            "0b0280d1f0080c1487ad17a9d8810803cc58825f7181584c828440600c141298dffc6761a4c559a7dffa46"
            "880ba80f19fb4d14c01f0c087472616e736665720c14cf76e28bd0062c4a478ee35561011319f3cfa4d241"
            "627d5b52");
}

TEST_F(NeoTools, BuildsPushesOfEveryType) {
  const std::string line =
      R"({"push":[{"type":"Boolean","value":true},{"type":"Array","value":[{"type":"Integer",)"
      R"("value":1},{"type":"Map","value":[{"key":{"type":"String","value":"a"},"value":)"
      R"({"type":"Integer","value":2}}]}]}]})";
  EXPECT_EQ(text("script build", line, "script"), "08120c016111be1112c0");
  EXPECT_EQ(refusal("script build", R"({"push":[{"type":"Integer","value":"1.5"}]})"),
            "NSL-NEO-0014");
  EXPECT_EQ(refusal("script build", R"({"push":[{"type":"Void","value":1}]})"), "NSL-NEO-0014");
  std::string deep = R"({"type":"Integer","value":1})";
  for (int i = 0; i < 20; ++i) deep = R"({"type":"Array","value":[)" + deep + "]}";
  EXPECT_EQ(refusal("script build", R"({"push":[)" + deep + "]}"), "NSL-NEO-0014");
}

TEST_F(NeoTools, CallFlagsAreNumbersOrNames) {
  const auto script = [this](const std::string& flags) {
    return text("script build",
                R"({"calls":[{"contract":"d2a4cff31913016155e38e474a2c06d08be276cf","method":"m",)"
                R"("call_flags":)" +
                    flags + "}]}",
                "script");
  };
  EXPECT_EQ(script("5"), script("\"ReadStates, AllowCall\""));
  EXPECT_EQ(script("5"), script("\"ReadOnly\""));
  EXPECT_EQ(script("15"), script("\"All\""));
  EXPECT_NE(script("15"), script("5"));
}

TEST_F(NeoTools, EveryToolExplainsItselfAndTakesNoFieldTwice) {
  std::set<std::string> words;
  for (const Tool& each : tools_) {
    EXPECT_TRUE(words.insert(each.words).second) << each.words;
    EXPECT_FALSE(each.summary.empty());
    EXPECT_TRUE(each.example.starts_with("nsl neo " + each.words)) << each.words;
    std::set<std::string> fields;
    for (const Field& field : each.fields) {
      EXPECT_TRUE(fields.insert(field.name).second) << each.words << " " << field.name;
      EXPECT_FALSE(field.help.empty()) << each.words << " " << field.name;
    }
  }
}

// A tool answers whatever it is given: every field of the wrong kind.
TEST_F(NeoTools, SurvivesFieldsOfEveryKind) {
  for (const Tool& each : tools_) {
    for (const Field& field : each.fields) {
      for (const char* value : {"null", "true", "1", "-1", "1.5", "\"\"", "\"0x\"", "[]", "[[]]",
                                "{}", "[{}]", "[null]", "18446744073709551615"}) {
        const Answer answer = answer_line(each, "{\"" + field.name + "\":" + value + "}", random_);
        EXPECT_TRUE(neo::parse_json(answer.text, 65536).has_value()) << answer.text;
      }
    }
  }
}

TEST_F(NeoTools, BoundsItsInput) {
  std::string longest = object("hex", "00");
  longest.resize(static_cast<std::size_t>(limits::kNeoToolInputBytesMax), ' ');
  EXPECT_NE(ask("hash", longest).find("sha256"), nullptr);
  EXPECT_EQ(refusal("hash", longest + ' '), "NSL-NEO-0014");
}

}  // namespace
}  // namespace nsl::client::neo_tools
