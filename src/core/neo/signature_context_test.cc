#include "core/neo/signature_context.h"

#include <gtest/gtest.h>

#include "core/codec/base64.h"
#include "core/neo/contract.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// Written by neo-go v0.122.0 pkg/smartcontract/context: two signers, the first of 2 of the first
// three numbered keys, the second the sixth key. One signature, then all three, then the
// transaction.
constexpr std::string_view kBegun =
    R"({"type":"Neo.Network.P2P.Payloads.Transaction","network":894710606,"hash":"0x6fe27f994)"
    R"(1730a02edddd717e04c6f1636f857621bef59c07c6c346d28287df2","data":"AAcAAADoAwAAAAAAANAHA)"
    R"(AAAAAAAZAAAAAInLN/mJFmbP3/atFdP+9WyrExx5AFFNo+aiyQ8VNIG9simmdgXvZKBOgAAAhFA","items":{)"
    R"("0xe4714cacb2d5fb4f57b4da7f3f9b5924e6df2c27":{"script":"EgwhAhv3UqA+yC6tTqEfRhiaD6qEAB)"
    R"(atsZNLzADsNGR9KgDUDCEDH/kmkNgQdTP/VKwyka6QyWzHdwhgzJf73oPyv9HuWlkMIQP5OHoT4x70NE/aNCNt)"
    R"(kgfh4448FjFNsh94sRf4c62RzBNBntDcOg==","parameters":[{"type":"Signature"},{"type":"Sign)"
    R"(ature"}],"signatures":{"021bf752a03ec82ead4ea11f46189a0faa840016adb1934bcc00ec34647d2a)"
    R"(00d4":"5A2XE94QmzIz2Z9hIrOMq2nAO/uGncnDno7tLNYvi9INnAPdceSp81MLMIzsoFRp6KFw6mix1s2mCTk)"
    R"(6NYW7Xw=="}}}})";
constexpr std::string_view kComplete =
    R"({"type":"Neo.Network.P2P.Payloads.Transaction","network":894710606,"hash":"0x6fe27f994)"
    R"(1730a02edddd717e04c6f1636f857621bef59c07c6c346d28287df2","data":"AAcAAADoAwAAAAAAANAHA)"
    R"(AAAAAAAZAAAAAInLN/mJFmbP3/atFdP+9WyrExx5AFFNo+aiyQ8VNIG9simmdgXvZKBOgAAAhFA","items":{)"
    R"("0x3a8192bd17d899a6c8f606d2543c248b9a8f3645":{"script":"DCEDfSWQXCoHrAEgf+GfpxZX8k3Fw7)"
    R"(N/8gfjrppUlYlP4cdBVuezJw==","parameters":[{"type":"Signature","value":"aAYzwp/CEeqUEki)"
    R"(Gt2tMY1wHLN5JKeuRdLaxXOf7cDVaxQAIW0X+ePn/efDE/atJBiC7uowBqczZkiqY5AqslQ=="}],"signatur)"
    R"(es":{}},"0xe4714cacb2d5fb4f57b4da7f3f9b5924e6df2c27":{"script":"EgwhAhv3UqA+yC6tTqEfRh)"
    R"(iaD6qEABatsZNLzADsNGR9KgDUDCEDH/kmkNgQdTP/VKwyka6QyWzHdwhgzJf73oPyv9HuWlkMIQP5OHoT4x70)"
    R"(NE/aNCNtkgfh4448FjFNsh94sRf4c62RzBNBntDcOg==","parameters":[{"type":"Signature","value)"
    R"(":"Nct7sc/atYOsVr5rRpoZ2NAVs3VwyPFNVQFAZ6oN7Hqvah8tRsSQkkLGdK7fiUmu9zRAAV1QPLHl5sa/rF4)"
    R"(fQQ=="},{"type":"Signature","value":"5A2XE94QmzIz2Z9hIrOMq2nAO/uGncnDno7tLNYvi9INnAPdc)"
    R"(eSp81MLMIzsoFRp6KFw6mix1s2mCTk6NYW7Xw=="}],"signatures":{"021bf752a03ec82ead4ea11f4618)"
    R"(9a0faa840016adb1934bcc00ec34647d2a00d4":"5A2XE94QmzIz2Z9hIrOMq2nAO/uGncnDno7tLNYvi9INn)"
    R"(APdceSp81MLMIzsoFRp6KFw6mix1s2mCTk6NYW7Xw==","03f9387a13e31ef4344fda34236d9207e1e38e3c)"
    R"(16314db21f78b117f873ad91cc":"Nct7sc/atYOsVr5rRpoZ2NAVs3VwyPFNVQFAZ6oN7Hqvah8tRsSQkkLGd)"
    R"(K7fiUmu9zRAAV1QPLHl5sa/rF4fQQ=="}}}})";
constexpr std::string_view kSigned =
    R"(AAcAAADoAwAAAAAAANAHAAAAAAAAZAAAAAInLN/mJFmbP3/atFdP+9WyrExx5AFFNo+aiyQ8VNIG9simmdgXvZ)"
    R"(KBOgAAAhFAAoQMQOQNlxPeEJsyM9mfYSKzjKtpwDv7hp3Jw56O7SzWL4vSDZwD3XHkqfNTCzCM7KBUaeihcOpo)"
    R"(sdbNpgk5OjWFu18MQDXLe7HP2rWDrFa+a0aaGdjQFbN1cMjxTVUBQGeqDex6r2ofLUbEkJJCxnSu34lJrvc0QA)"
    R"(FdUDyx5ebGv6xeH0FwEgwhAhv3UqA+yC6tTqEfRhiaD6qEABatsZNLzADsNGR9KgDUDCEDH/kmkNgQdTP/VKwy)"
    R"(ka6QyWzHdwhgzJf73oPyv9HuWlkMIQP5OHoT4x70NE/aNCNtkgfh4448FjFNsh94sRf4c62RzBNBntDcOkIMQG)"
    R"(gGM8KfwhHqlBJIhrdrTGNcByzeSSnrkXS2sVzn+3A1WsUACFtF/nj5/3nwxP2rSQYgu7qMAanM2ZIqmOQKrJUo)"
    R"(DCEDfSWQXCoHrAEgf+GfpxZX8k3Fw7N/8gfjrppUlYlP4cdBVuezJw==)";

JsonValue json_of(std::string_view text) { return parse_json(text, 1U << 16).value(); }
SignatureContext begun() { return parse_signature_context(json_of(kBegun)).value(); }

Bytes multisig_script() {
  std::vector<PublicKey> keys;
  for (int i = 0; i < 3; ++i) keys.push_back(numbered_key(i).public_key());
  return make_multisig_script(2, keys).value();
}

Signature signature_of(const SignatureContext& context, int number) {
  return crypto::p256_sign(numbered_key(number),
                           signing_message(context.network(), hash_of(context.transaction())));
}

TEST(SignatureContext, IsReadAndWrittenAsNeoGoDoes) {
  const SignatureContext context = begun();
  EXPECT_EQ(context.network(), kTestNet);
  EXPECT_EQ(to_text(to_json(context)), kBegun);
  EXPECT_EQ(context.missing().size(), 2U);
  EXPECT_EQ(context.signed_transaction().error().code(), Code::invalid_signature);
}

TEST(SignatureContext, GivesTheTransactionNeoGoGives) {
  const SignatureContext context = parse_signature_context(json_of(kComplete)).value();
  EXPECT_TRUE(context.is_complete());
  const Transaction transaction = context.signed_transaction().value();
  EXPECT_EQ(codec::encode_base64(encode(transaction)), kSigned);
  EXPECT_TRUE(verify_witnesses(transaction, kTestNet).has_value());
  const SignatureContext again = parse_signature_context(to_json(context)).value();
  EXPECT_EQ(again.signed_transaction().value(), transaction);
}

TEST(SignatureContext, CollectsFromSeveralWallets) {
  SignatureContext context = begun();
  const UInt160 shared = hash160_of(multisig_script());
  const PublicKey single = numbered_key(5).public_key();
  EXPECT_TRUE(context.add_signature(shared, numbered_key(2).public_key(), signature_of(context, 2))
                  .has_value());
  EXPECT_EQ(context.missing(), std::vector<UInt160>{account_of(single)});
  EXPECT_FALSE(
      context.add_signature(account_of(single), single, signature_of(context, 5)).has_value());
  EXPECT_TRUE(context.add_script(make_signature_script(single)).has_value());
  EXPECT_TRUE(
      context.add_signature(account_of(single), single, signature_of(context, 5)).has_value());
  EXPECT_EQ(codec::encode_base64(encode(context.signed_transaction().value())), kSigned);
}

TEST(SignatureContext, RefusesForeignScriptsKeysAndSignatures) {
  SignatureContext context = begun();
  const UInt160 shared = hash160_of(multisig_script());
  EXPECT_EQ(context.add_script(make_signature_script(numbered_key(0).public_key())).error().code(),
            Code::invalid_argument);
  EXPECT_FALSE(context.add_signature(shared, numbered_key(3).public_key(), signature_of(context, 3))
                   .has_value());
  EXPECT_EQ(context.add_signature(shared, numbered_key(0).public_key(), signature_of(context, 1))
                .error()
                .code(),
            Code::invalid_signature);
}

TEST(SignatureContext, RefusesAFormThatLies) {
  const auto refused = [](std::string_view from, std::string_view to) {
    std::string text(kComplete);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return !parse_signature_context(json_of(text)).has_value();
  };
  EXPECT_TRUE(refused("0x6fe27f", "0x6fe27e"));
  EXPECT_TRUE(refused("Payloads.Transaction", "Payloads.Block"));
  EXPECT_TRUE(refused("894710606", "860833102"));
  EXPECT_TRUE(refused("894710606", "-1"));
  EXPECT_TRUE(refused("0x3a8192bd", "0x3a8192be"));
  EXPECT_TRUE(refused("aAYzwp", "aAYzwq"));
  EXPECT_TRUE(refused("5A2XE94", "5A2XE95"));
  EXPECT_TRUE(refused("021bf752", "031bf752"));
  EXPECT_TRUE(refused("\"signatures\":{}", "\"signatures\":[]"));
  EXPECT_TRUE(refused("\"parameters\":[{", "\"parameters\":[1,{\"value\":1},{"));
  EXPECT_TRUE(refused("\"script\":\"DCED", "\"script\":\"ECED"));
  EXPECT_TRUE(refused("\"items\":{", "\"other\":{"));
  EXPECT_FALSE(parse_signature_context(JsonValue()).has_value());
}

}  // namespace
}  // namespace nsl::neo
