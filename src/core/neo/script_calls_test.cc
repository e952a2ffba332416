#include "core/neo/script_calls.h"

#include <gtest/gtest.h>

#include "core/neo/contract.h"
#include "core/neo/native.h"
#include "core/neo/vectors_test.h"
#include "core/neo/witness_scope.h"

namespace nsl::neo {
namespace {

UInt160 account(int number) { return account_of(numbered_key(number).public_key()); }

ContractCall sample_call() {
  return {.contract = account(0),
          .method = "mixed",
          .arguments = {StackItem(), StackItem::boolean(true), StackItem::boolean(false),
                        StackItem::integer(-5), StackItem::byte_string("text"),
                        StackItem::buffer(Bytes{1, 2}), StackItem::array({}),
                        StackItem::array({StackItem::integer(1), StackItem::integer(2)}),
                        StackItem::structure({StackItem::integer(3)}), StackItem::structure({}),
                        StackItem::map({}),
                        StackItem::map({{StackItem::integer(1), StackItem::byte_string("a")},
                                        {StackItem::byte_string("k"), StackItem()}})},
          .flags = CallFlags::read_only,
          .result = ResultUse::left};
}

void emit(ScriptBuilder& builder, const ContractCall& call) {
  builder.call(call.contract, call.method, call.arguments, call.flags);
  if (call.result == ResultUse::asserted) builder.emit(Opcode::assert_);
  if (call.result == ResultUse::dropped) builder.emit(Opcode::drop);
}

TEST(ScriptCalls, GivesBackWhatTheBuilderWrote) {
  std::vector<ContractCall> calls = {sample_call(), sample_call(), sample_call()};
  calls[1].result = ResultUse::asserted;
  calls[1].arguments.clear();
  calls[2].result = ResultUse::dropped;
  ScriptBuilder builder;
  for (const ContractCall& each : calls) emit(builder, each);
  EXPECT_EQ(parse_calls(std::move(builder).finish().value()).value(), calls);
  EXPECT_TRUE(parse_calls({})->empty());
}

TEST(ScriptCalls, RefusesWhatItDoesNotUnderstand) {
  const std::string call = codec::encode_hex(make_call_script(account(0), "m", {}).value());
  const std::string no_arguments = call.substr(2);
  for (const std::string& bad :
       {std::string("11"),     call + "11",           call + "11" + "39",
        std::string("39"),     std::string("45"),     std::string("c0"),
        std::string("12c0"),   std::string("0fc0"),   call + "11c0",
        call + "4a",           call + "40",           call + "2200",
        no_arguments,          "11" + no_arguments,   std::string("41") + "56e7b327",
        std::string("11be"),   std::string("1111be"), std::string("0c01ffdb30") + "11",
        std::string("11db30"), std::string("11db21"), std::string("ff"),
        std::string("0c05")}) {
    EXPECT_EQ(parse_calls(from_hex(bad)).error().code(), Code::invalid_script) << bad;
  }
  // Flags, hash or method of another form.
  EXPECT_FALSE(parse_calls(from_hex("c2"
                                    "0020"
                                    "0c016d"
                                    "0c01aa"
                                    "41627d5b52"))
                   .has_value());
  ScriptBuilder flags;
  flags.emit(Opcode::newarray0).push(std::int64_t{16}).push("m").push(account(0));
  flags.emit_system_call("System.Contract.Call");
  EXPECT_FALSE(parse_calls(std::move(flags).finish().value()).has_value());
}

TEST(ScriptCalls, IsBoundByTheStack) {
  const Bytes many(2049, static_cast<std::uint8_t>(Opcode::push1));
  EXPECT_EQ(parse_calls(many).error().message(), "The stack overflows");
  EXPECT_FALSE(parse_calls(Bytes(65536, 0x11)).has_value());
  // Eleven arrays in each other.
  Bytes nested = {static_cast<std::uint8_t>(Opcode::newarray0)};
  for (int i = 0; i < 11; ++i) {
    nested.push_back(static_cast<std::uint8_t>(Opcode::push1));
    nested.push_back(static_cast<std::uint8_t>(Opcode::pack));
  }
  EXPECT_FALSE(parse_calls(nested).has_value());
}

TEST(ScriptCalls, FindsTransfersOfTokens) {
  const Bytes script = make_transfer_script({.token = hash_of(kGasToken),
                                             .from = account(0),
                                             .to = account(1),
                                             .amount = Integer(7),
                                             .data = StackItem()})
                           .value();
  const std::vector<ContractCall> calls = parse_calls(script).value();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].result, ResultUse::asserted);
  const TransferCall expected{.token = hash_of(kGasToken),
                              .from = account(0),
                              .to = account(1),
                              .amount = Integer(7),
                              .token_id = std::nullopt,
                              .data = StackItem()};
  EXPECT_EQ(find_transfer(calls[0]), expected);
}

TEST(ScriptCalls, FindsTransfersOfWholeAndDividedTokens) {
  ContractCall call{
      .contract = account(9),
      .method = "transfer",
      .arguments = {to_argument(account(1)), StackItem::byte_string("id"), StackItem()}};
  const std::optional<TransferCall> whole = find_transfer(call);
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->to, account(1));
  EXPECT_EQ(whole->token_id, to_bytes("id"));
  EXPECT_FALSE(whole->from.has_value() || whole->amount.has_value());
  call.arguments = {to_argument(account(0)), to_argument(account(1)), StackItem::integer(3),
                    StackItem::byte_string("id"), StackItem()};
  const std::optional<TransferCall> divided = find_transfer(call);
  ASSERT_TRUE(divided.has_value());
  EXPECT_EQ(divided->from, account(0));
  EXPECT_EQ(divided->amount, Integer(3));
  EXPECT_EQ(divided->token_id, to_bytes("id"));

  call.arguments[3] = StackItem::array({});
  EXPECT_FALSE(find_transfer(call).has_value());
  call.arguments[2] = StackItem();
  EXPECT_FALSE(find_transfer(call).has_value());
  call.arguments[1] = StackItem();
  EXPECT_FALSE(find_transfer(call).has_value());
  call.arguments.resize(2);
  EXPECT_FALSE(find_transfer(call).has_value());
  call.arguments = {StackItem::byte_string("short"), StackItem(), StackItem()};
  EXPECT_FALSE(find_transfer(call).has_value());
  call.method = "balanceOf";
  EXPECT_FALSE(find_transfer(call).has_value());
}

Signer signer_with(WitnessScope scopes) { return {account(0), scopes, {}, {}, {}}; }

bool counts(const Signer& signer, const WitnessContext& context) {
  return witness_counts(std::span(&signer, 1), account(0), context);
}

TEST(WitnessScope, DecidesWhereAWitnessCounts) {
  const PublicKey group = numbered_key(5).public_key();
  const WitnessContext plain{
      .current = account(1), .current_groups = {}, .calling = account(2), .calling_groups = {}};
  WitnessContext by_entry = plain;
  by_entry.is_called_by_entry = true;
  WitnessContext in_group = plain;
  in_group.current_groups = {group};

  EXPECT_FALSE(counts(signer_with(WitnessScope::none), by_entry));
  EXPECT_TRUE(counts(signer_with(WitnessScope::global), plain));
  EXPECT_TRUE(counts(signer_with(WitnessScope::called_by_entry), by_entry));
  EXPECT_FALSE(counts(signer_with(WitnessScope::called_by_entry), plain));
  Signer contracts = signer_with(WitnessScope::custom_contracts);
  contracts.allowed_contracts = {account(1)};
  EXPECT_TRUE(counts(contracts, plain));
  contracts.allowed_contracts = {account(2)};
  EXPECT_FALSE(counts(contracts, plain));
  Signer groups = signer_with(WitnessScope::custom_groups);
  groups.allowed_groups = {group};
  EXPECT_TRUE(counts(groups, in_group));
  EXPECT_FALSE(counts(groups, plain));
  // The caller itself needs no signer; another account has none.
  EXPECT_TRUE(witness_counts({}, account(2), plain));
  EXPECT_FALSE(witness_counts({}, account(0), plain));
}

TEST(WitnessScope, TheFirstRuleThatHoldsDecides) {
  const WitnessContext context{
      .current = account(1), .current_groups = {}, .calling = account(2), .calling_groups = {}};
  Signer signer = signer_with(WitnessScope::witness_rules);
  signer.rules = {{WitnessAction::deny, WitnessCondition::script_hash(account(1))},
                  {WitnessAction::allow, WitnessCondition::boolean(true)}};
  EXPECT_FALSE(counts(signer, context));
  std::swap(signer.rules[0], signer.rules[1]);
  EXPECT_TRUE(counts(signer, context));
  signer.rules = {{WitnessAction::allow, WitnessCondition::boolean(false)}};
  EXPECT_FALSE(counts(signer, context));
}

TEST(WitnessScope, EveryConditionIsEvaluated) {
  const PublicKey group = numbered_key(5).public_key();
  const PublicKey other = numbered_key(6).public_key();
  const WitnessContext context{.current = account(1),
                               .current_groups = {group},
                               .calling = account(2),
                               .calling_groups = {other},
                               .is_called_by_entry = true};
  using Condition = WitnessCondition;
  const auto holds = [&context](const Condition& each) { return condition_holds(each, context); };
  EXPECT_TRUE(holds(Condition::script_hash(account(1))));
  EXPECT_FALSE(holds(Condition::script_hash(account(2))));
  EXPECT_TRUE(holds(Condition::called_by_contract(account(2))));
  EXPECT_FALSE(holds(Condition::called_by_contract(account(1))));
  EXPECT_TRUE(holds(Condition::group(group)));
  EXPECT_FALSE(holds(Condition::group(other)));
  EXPECT_TRUE(holds(Condition::called_by_group(other)));
  EXPECT_FALSE(holds(Condition::called_by_group(group)));
  EXPECT_TRUE(holds(Condition::called_by_entry()));
  EXPECT_TRUE(holds(Condition::negation(Condition::boolean(false))));
  EXPECT_FALSE(holds(Condition::negation(Condition::boolean(true))));
  EXPECT_TRUE(holds(Condition::conjunction({Condition::boolean(true), Condition::boolean(true)})));
  EXPECT_FALSE(
      holds(Condition::conjunction({Condition::boolean(true), Condition::boolean(false)})));
  EXPECT_TRUE(holds(Condition::disjunction({Condition::boolean(false), Condition::boolean(true)})));
  EXPECT_FALSE(holds(Condition::disjunction({Condition::boolean(false)})));
}

}  // namespace
}  // namespace nsl::neo
