#include "core/neo/rpc_transaction.h"

#include <gtest/gtest.h>

#include "core/codec/base64.h"
#include "core/neo/address.h"
#include "core/neo/contract.h"
#include "core/neo/rpc_signer.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

constexpr std::size_t kBytesMax = 1U << 16;

// neo-go v0.122.0 pkg/rpcclient/rpc_test.go, txMoveNeoVerbose.
constexpr std::string_view kTransaction =
    R"({"blockhash":"0x88c1cbf68695f73fb7b7d185c0037ffebdf032327488ebe65e0533d269e7de9b","con)"
    R"(firmations":15,"blocktime":1626251469001,"vmstate":"HALT","hash":"0xf01080c50f3198f5a5)"
    R"(39c4a06d024f1b8bdc2a360a215fa7e2488f79a56d501a","size":488,"version":0,"nonce":2,"send)"
    R"(er":"NVTiAjNgagDkTr5HTzDmQP9kPwPHN5BgVq","sysfee":"11000000","netfee":"4421900","valid)"
    R"(untilblock":1200,"attributes":[],"signers":[{"account":"0x3f223f6da778e805d1b9b479906c)"
    R"(0e8c1ee8b968","scopes":"CalledByEntry"}],"script":"CwIY3fUFDBTunqIsJ+NL0BSPxBCOCPdOj1B)"
    R"(IsgwUaLnoHowObJB5tLnRBeh4p20/Ij8UwB8MCHRyYW5zZmVyDBT1Y+pAvCg9TQ4FxI6jBbPyoHNA70FifVtSO)"
    R"(Q==","witnesses":[{"invocation":"DEC8InWg8rQHWjklRojobu7kn4r0xZY2xWYs15ggVX4PQyEHpNTU6)"
    R"(vZHT2TXRdPXAOKHhgWAttO0oTvo+9VZAjIVDEBF0qvBMlvmYJIYLqSoCjhBykcSN78UXrBjO5BKL8BpHtejWCl)"
    R"(d1VT6Z7nYrEBLgySD6HeMcp/fa6vqHzU220e/DECXtm5AA1jy9GFA7t8U6a+1uPrQFk4Ufp0UyXsun0PvN0Ndh)"
    R"(rHc37xm8k9Z0dB85V/7WLtkMaLLyjVNVIKImC76","verification":"EwwhAhA6f33QFlWFl/eWDSfFFqQ5T)"
    R"(9loueZRVetLAT5AQEBuDCECp7xV/oaE4BGXaNEEujB5W9zIZhnoZK3SYVZyPtGFzWIMIQKzYiv0AXvf4xfFiu1)"
    R"(fTHU/IGt9uJYEb6fXdLvEv3+NwgwhA9kMB99j5pDOd5EuEKtRrMlEtmhgI3tgjE+PgwnnHuaZFEGe0Nw6"}]})";

JsonValue json_of(std::string_view text) { return parse_json(text, kBytesMax).value(); }

// The object with one member replaced, added or (for null) taken away.
JsonValue with(const JsonValue& object, std::string_view name, const JsonValue& value) {
  JsonValue result = JsonValue::object();
  bool is_replaced = false;
  for (const auto& [each, content] : *object.find_object()) {
    result.add(each, each == name ? value : content);
    is_replaced = is_replaced || each == name;
  }
  if (!is_replaced) result.add(name, value);
  return result;
}

TEST(RpcTransaction, IsReadAndPrintedAsTheNodeDoes) {
  const JsonValue published = json_of(kTransaction);
  const Transaction transaction = parse_rpc_transaction(published).value();
  EXPECT_EQ(hash_of(transaction).to_text(),
            "0xf01080c50f3198f5a539c4a06d024f1b8bdc2a360a215fa7e2488f79a56d501a");
  EXPECT_EQ(encode(transaction).size(), 488U);
  const JsonValue printed = to_json(transaction);
  for (const auto& [name, value] : *printed.find_object()) {
    ASSERT_NE(published.find(name), nullptr) << name;
    EXPECT_EQ(value, *published.find(name)) << name;
  }
  EXPECT_EQ(parse_rpc_transaction(printed).value(), transaction);
}

TEST(RpcTransaction, MayBeUnsigned) {
  const JsonValue json = with(json_of(kTransaction), "size", JsonValue());
  Transaction expected = parse_rpc_transaction(json).value();
  expected.witnesses.clear();
  EXPECT_EQ(parse_rpc_transaction(with(json, "witnesses", JsonValue())).value(), expected);
  EXPECT_EQ(parse_rpc_transaction(with(json, "witnesses", JsonValue::array())).value(), expected);
}

TEST(RpcTransaction, RefusesWhatDoesNotFitTogether) {
  const JsonValue json = json_of(kTransaction);
  const auto refused = [&json](std::string_view name, const JsonValue& value) {
    return !parse_rpc_transaction(with(json, name, value)).has_value();
  };
  EXPECT_TRUE(refused("hash", JsonValue::string(UInt256().to_text())));
  EXPECT_TRUE(refused("size", JsonValue::integer(487)));
  EXPECT_TRUE(refused("version", JsonValue::integer(1)));
  EXPECT_TRUE(refused("nonce", JsonValue::integer(3)));
  EXPECT_TRUE(refused("nonce", JsonValue::integer(1LL << 32)));
  EXPECT_TRUE(refused("sender", JsonValue::string(to_address(UInt160()))));
  EXPECT_TRUE(refused("sysfee", JsonValue::integer(11000000)));
  EXPECT_TRUE(refused("sysfee", JsonValue::string("-1")));
  EXPECT_TRUE(refused("signers", JsonValue::array()));
  EXPECT_TRUE(refused("attributes", JsonValue()));
  EXPECT_TRUE(refused("script", JsonValue::string("!")));
  EXPECT_TRUE(refused("script", JsonValue::string("")));
  EXPECT_TRUE(
      refused("witnesses", JsonValue::array().add(to_json(Witness{})).add(to_json(Witness{}))));
  EXPECT_FALSE(parse_rpc_transaction(JsonValue()).has_value());
}

Signer signer_with_everything() {
  const PublicKey key = numbered_key(0).public_key();
  const UInt160 hash = account_of(key);
  Signer signer{hash, WitnessScope::none, {hash}, {key}, {}};
  signer.scopes = WitnessScope::called_by_entry | WitnessScope::custom_contracts |
                  WitnessScope::custom_groups | WitnessScope::witness_rules;
  const WitnessCondition nested = WitnessCondition::conjunction(
      {WitnessCondition::negation(WitnessCondition::boolean(true)),
       WitnessCondition::disjunction(
           {WitnessCondition::script_hash(hash), WitnessCondition::called_by_contract(hash)})});
  signer.rules = {{WitnessAction::allow, nested},
                  {WitnessAction::deny, WitnessCondition::group(key)},
                  {WitnessAction::allow, WitnessCondition::called_by_group(key)},
                  {WitnessAction::deny, WitnessCondition::called_by_entry()}};
  return signer;
}

// The names are those of neo-go v0.122.0 pkg/core/transaction, Signer and WitnessCondition.
TEST(RpcSigner, IsPrintedAsTheNodeDoes) {
  const Signer signer = signer_with_everything();
  const std::string account = signer.account.to_text();
  const std::string key = to_text(numbered_key(0).public_key());
  const std::string expected =
      R"({"account":")" + account +
      R"(","scopes":"CalledByEntry, CustomContracts, CustomGroups, WitnessRules",)" +
      R"("allowedcontracts":[")" + account + R"("],"allowedgroups":[")" + key +
      R"("],"rules":[{"action":"Allow","condition":{"type":"And","expressions":[)" +
      R"({"type":"Not","expression":{"type":"Boolean","expression":true}},)" +
      R"({"type":"Or","expressions":[{"type":"ScriptHash","hash":")" + account +
      R"("},{"type":"CalledByContract","hash":")" + account +
      R"("}]}]}},{"action":"Deny","condition":{"type":"Group","group":")" + key +
      R"("}},{"action":"Allow","condition":{"type":"CalledByGroup","group":")" + key +
      R"("}},{"action":"Deny","condition":{"type":"CalledByEntry"}}]})";
  EXPECT_EQ(to_text(to_json(signer)), expected);
  EXPECT_EQ(parse_rpc_signer(json_of(expected)).value(), signer);
  EXPECT_EQ(parse_rpc_signer(
                with(to_json(signer), "account", JsonValue::string(to_address(signer.account))))
                .value(),
            signer);
}

TEST(RpcSigner, RefusesWhatTheBinaryFormRefuses) {
  const JsonValue good = to_json(signer_with_everything());
  const auto refused = [&good](std::string_view name, std::string_view value) {
    return !parse_rpc_signer(with(good, name, json_of(value))).has_value();
  };
  EXPECT_TRUE(refused("scopes", R"("CalledByEntry")"));
  EXPECT_TRUE(refused("scopes", R"("Global, CalledByEntry")"));
  EXPECT_TRUE(refused("scopes", "1"));
  EXPECT_TRUE(refused("account", R"("N")"));
  EXPECT_TRUE(refused("allowedcontracts", "[1]"));
  EXPECT_TRUE(refused("allowedgroups", "[1]"));
  EXPECT_TRUE(refused("allowedgroups", R"(["02"])"));
  EXPECT_TRUE(refused("rules", R"([{"action":"Maybe","condition":{"type":"CalledByEntry"}}])"));
  EXPECT_TRUE(refused("rules", R"([{"action":"Allow","condition":{"type":"Sometimes"}}])"));
  EXPECT_TRUE(refused("rules", R"([{"action":"Allow"}])"));
  std::string many = R"({"action":"Allow","condition":{"type":"CalledByEntry"}})";
  for (int i = 0; i < 16; ++i)
    many += R"(,{"action":"Allow","condition":{"type":"CalledByEntry"}})";
  EXPECT_TRUE(refused("rules", "[" + many + "]"));
}

TEST(RpcCondition, IsBoundInDepthAndCount) {
  const auto nested = [](int depth) {
    std::string text = R"({"type":"CalledByEntry"})";
    for (int i = 1; i < depth; ++i) text = R"({"type":"Not","expression":)" + text + "}";
    return parse_rpc_condition(json_of(text)).has_value();
  };
  EXPECT_TRUE(nested(3));
  EXPECT_FALSE(nested(4));
  const auto wide = [](int count) {
    std::string text = R"({"type":"CalledByEntry"})";
    for (int i = 1; i < count; ++i) text += R"(,{"type":"CalledByEntry"})";
    return parse_rpc_condition(json_of(R"({"type":"Or","expressions":[)" + text + "]}"))
        .has_value();
  };
  EXPECT_TRUE(wide(16));
  EXPECT_FALSE(wide(17));
  EXPECT_FALSE(parse_rpc_condition(json_of(R"({"type":"And","expressions":[]})")).has_value());
  EXPECT_FALSE(parse_rpc_condition(json_of(R"({"type":"Not"})")).has_value());
  EXPECT_FALSE(parse_rpc_condition(json_of(R"({"type":"ScriptHash","hash":1})")).has_value());
}

TEST(RpcAttribute, EveryKindIsPrintedAndReadBack) {
  const std::vector<std::pair<Attribute, std::string>> rows = {
      {HighPriority{}, R"({"type":"HighPriority"})"},
      {OracleResponse{UINT64_MAX, OracleCode::success, to_bytes("x")},
       R"({"type":"OracleResponse","id":18446744073709551615,"code":"Success","result":"eA=="})"},
      {OracleResponse{1, OracleCode::content_type_not_supported, {}},
       R"({"type":"OracleResponse","id":1,"code":"ContentTypeNotSupported","result":""})"},
      {NotValidBefore{BlockIndex(7)}, R"({"type":"NotValidBefore","height":7})"},
      {Conflicts{UInt256()}, R"({"type":"Conflicts","hash":")" + UInt256().to_text() + R"("})"},
      {NotaryAssisted{3}, R"({"type":"NotaryAssisted","nkeys":3})"}};
  for (const auto& [attribute, text] : rows) {
    EXPECT_EQ(to_text(to_json(attribute)), text);
    EXPECT_EQ(parse_rpc_attribute(json_of(text)).value(), attribute);
  }
  for (const std::string_view bad :
       {R"({"type":"Other"})", R"({"type":"NotaryAssisted","nkeys":256})",
        R"({"type":"OracleResponse","id":1,"code":"Odd","result":""})",
        R"({"type":"OracleResponse","id":1,"code":"Error","result":"eA=="})",
        R"({"type":"NotValidBefore","height":4294967296})", R"({"type":"Conflicts","hash":"0x"})",
        "{}"}) {
    EXPECT_FALSE(parse_rpc_attribute(json_of(bad)).has_value()) << bad;
  }
}

TEST(RpcWitness, IsBoundInSize) {
  const Witness witness{Bytes(1024, 1), Bytes(1024, 2)};
  EXPECT_EQ(parse_rpc_witness(to_json(witness)).value(), witness);
  EXPECT_FALSE(parse_rpc_witness(to_json(Witness{Bytes(1025, 1), {}})).has_value());
  EXPECT_FALSE(parse_rpc_witness(json_of(R"({"invocation":""})")).has_value());
}

}  // namespace
}  // namespace nsl::neo
