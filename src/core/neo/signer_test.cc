#include "core/neo/signer.h"

#include <gtest/gtest.h>

#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

PublicKey some_key() { return numbered_key(0).public_key(); }

UInt160 some_hash() { return UInt160::parse("0xd2a4cff31913016155e38e474a2c06d08be276cf").value(); }

Bytes encoded(const Signer& signer) {
  codec::ByteWriter writer;
  write_signer(writer, signer);
  return std::move(writer).take();
}

Result<Signer> parsed(ByteView bytes) {
  codec::ByteReader reader(bytes);
  NSL_TRY(Signer signer, read_signer(reader));
  NSL_TRY_VOID(reader.expect_end());
  return signer;
}

Signer with_condition(WitnessCondition condition) {
  return {some_hash(),
          WitnessScope::witness_rules,
          {},
          {},
          {WitnessRule{WitnessAction::allow, std::move(condition)}}};
}

std::vector<WitnessCondition> all_conditions() {
  return {WitnessCondition::boolean(true),
          WitnessCondition::negation(WitnessCondition::boolean(false)),
          WitnessCondition::conjunction({WitnessCondition::called_by_entry()}),
          WitnessCondition::disjunction(
              {WitnessCondition::script_hash(some_hash()), WitnessCondition::group(some_key())}),
          WitnessCondition::script_hash(some_hash()),
          WitnessCondition::group(some_key()),
          WitnessCondition::called_by_entry(),
          WitnessCondition::called_by_contract(some_hash()),
          WitnessCondition::called_by_group(some_key())};
}

TEST(Signer, EveryScopeRoundTrips) {
  const Signer signers[] = {
      {some_hash(), WitnessScope::none, {}, {}, {}},
      {some_hash(), WitnessScope::global, {}, {}, {}},
      {some_hash(), WitnessScope::called_by_entry, {}, {}, {}},
      {some_hash(), WitnessScope::custom_contracts, {some_hash(), {}}, {}, {}},
      {some_hash(), WitnessScope::custom_groups, {}, {some_key()}, {}},
      {some_hash(), WitnessScope::called_by_entry | WitnessScope::custom_contracts, {}, {}, {}}};
  for (const Signer& signer : signers) {
    ASSERT_TRUE(check_signer(signer).has_value());
    EXPECT_EQ(parsed(encoded(signer)).value(), signer) << to_text(signer.scopes);
  }
}

TEST(Signer, EveryConditionRoundTrips) {
  for (const WitnessCondition& condition : all_conditions()) {
    const Signer signer = with_condition(condition);
    ASSERT_TRUE(check_signer(signer).has_value());
    EXPECT_EQ(parsed(encoded(signer)).value(), signer) << witness_condition_name(condition.type);
  }
}

TEST(Signer, HasTheBytesOfTheProtocol) {
  const Signer signer =
      with_condition(WitnessCondition::negation(WitnessCondition::called_by_contract(some_hash())));
  EXPECT_EQ(codec::encode_hex(encoded(signer)),
            "cf76e28bd0062c4a478ee35561011319f3cfa4d240"
            "01010128cf76e28bd0062c4a478ee35561011319f3cfa4d2");
}

TEST(Signer, RefusesUnknownAndImpossibleScopes) {
  for (const int scopes : {0x02, 0x04, 0x08, 0x81, 0x90}) {
    Bytes bytes = to_bytes(ByteView(some_hash().little_endian()));
    bytes.push_back(static_cast<std::uint8_t>(scopes));
    bytes.push_back(0);
    EXPECT_EQ(parsed(bytes).error().code(), Code::invalid_signer) << scopes;
    EXPECT_FALSE(
        check_signer({some_hash(), static_cast<WitnessScope>(scopes), {}, {}, {}}).has_value());
  }
}

TEST(Signer, RefusesListsThatNoScopeNames) {
  EXPECT_FALSE(check_signer({some_hash(), WitnessScope::called_by_entry, {some_hash()}, {}, {}})
                   .has_value());
  EXPECT_FALSE(check_signer({some_hash(), WitnessScope::none, {}, {some_key()}, {}}).has_value());
}

TEST(Signer, RefusesMoreThanSixteenItems) {
  Signer signer{some_hash(), WitnessScope::custom_contracts, {}, {}, {}};
  signer.allowed_contracts.resize(16);
  EXPECT_TRUE(parsed(encoded(signer)).has_value());
  signer.allowed_contracts.resize(17);
  EXPECT_FALSE(check_signer(signer).has_value());
  EXPECT_FALSE(parsed(encoded(signer)).has_value());
}

TEST(Signer, RefusesConditionsNestedDeeperThanThreeLevels) {
  WitnessCondition condition = WitnessCondition::boolean(true);
  condition = WitnessCondition::negation(condition);
  condition = WitnessCondition::conjunction({condition});
  EXPECT_TRUE(parsed(encoded(with_condition(condition))).has_value());
  condition = WitnessCondition::negation(condition);
  EXPECT_FALSE(check_signer(with_condition(condition)).has_value());
  EXPECT_EQ(parsed(encoded(with_condition(condition))).error().code(), Code::invalid_signer);
}

TEST(Signer, RefusesEmptyAndOverlongConditionLists) {
  EXPECT_FALSE(check_signer(with_condition(WitnessCondition::conjunction({}))).has_value());
  EXPECT_FALSE(parsed(encoded(with_condition(WitnessCondition::disjunction({})))).has_value());
  const std::vector<WitnessCondition> many(17, WitnessCondition::boolean(true));
  EXPECT_FALSE(check_signer(with_condition(WitnessCondition::disjunction(many))).has_value());
  EXPECT_FALSE(parsed(encoded(with_condition(WitnessCondition::disjunction(many)))).has_value());
}

TEST(Signer, RefusesMalformedRules) {
  const std::string account(40, '0');
  for (const std::string_view rule : {
           "400102"
           "20",          // action 2
           "40010104",    // condition 04
           "4001010002",  // boolean 2
           "40010119"
           "04"
           "00000000000000000000000000000000000000000000000000000000000000",  // key
       }) {
    EXPECT_FALSE(parsed(from_hex(account + std::string(rule))).has_value()) << rule;
  }
}

TEST(Signer, ConditionNamesAreThoseOfNodes) {
  std::vector<std::string_view> names;
  for (const WitnessCondition& each : all_conditions()) {
    names.push_back(witness_condition_name(each.type));
  }
  EXPECT_EQ(names,
            (std::vector<std::string_view>{"Boolean", "Not", "And", "Or", "ScriptHash", "Group",
                                           "CalledByEntry", "CalledByContract", "CalledByGroup"}));
}

TEST(Signer, RefusesConditionsWhosePartsDoNotFit) {
  WitnessCondition without_key = WitnessCondition::group(some_key());
  without_key.key.reset();
  EXPECT_FALSE(check_signer(with_condition(without_key)).has_value());
  WitnessCondition with_part = WitnessCondition::called_by_entry();
  with_part.expressions = {WitnessCondition::boolean(true)};
  EXPECT_FALSE(check_signer(with_condition(with_part)).has_value());
  WitnessCondition empty_not = WitnessCondition::negation(WitnessCondition::boolean(true));
  empty_not.expressions.clear();
  EXPECT_FALSE(check_signer(with_condition(empty_not)).has_value());
}

TEST(Signer, ScopeTextRoundTrips) {
  for (const std::string_view text :
       {"None", "CalledByEntry", "Global", "CalledByEntry, CustomContracts",
        "CustomContracts, CustomGroups, WitnessRules"}) {
    EXPECT_EQ(to_text(parse_witness_scope(text).value()), text);
  }
  EXPECT_EQ(parse_witness_scope("CalledByEntry,WitnessRules").value(),
            WitnessScope::called_by_entry | WitnessScope::witness_rules);
  for (const std::string_view text : {"", "global", "CalledByEntry,", ",Global",
                                      "Global, CalledByEntry", "CalledByEntry ,None"}) {
    EXPECT_FALSE(parse_witness_scope(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace nsl::neo
