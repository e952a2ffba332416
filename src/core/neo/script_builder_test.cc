#include "core/neo/script_builder.h"

#include <gtest/gtest.h>

#include "core/neo/contract.h"
#include "core/neo/script_reader.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

std::string hex_of(ScriptBuilder&& builder) {
  return codec::encode_hex(std::move(builder).finish().value());
}

template <class Value>
std::string pushed(const Value& value) {
  ScriptBuilder builder;
  builder.push(value);
  return hex_of(std::move(builder));
}

TEST(ScriptBuilder, PushesIntegersInTheShortestForm) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"-1", "0f"},
      {"0", "10"},
      {"16", "20"},
      {"17", "0011"},
      {"-2", "00fe"},
      {"128", "018000"},
      {"255", "01ff00"},
      {"32768", "0200800000"},
      {"-32769", "02ff7fffff"},
      {"2147483648", "030000008000000000"},
      {"9223372036854775808", "0400000000000000800000000000000000"},
      {"-9223372036854775809", "04ffffffffffffff7fffffffffffffffff"}};
  for (const auto& [decimal, script] : rows) {
    EXPECT_EQ(pushed(Integer::parse_decimal(decimal).value()), script) << decimal;
  }
}

TEST(ScriptBuilder, PushedIntegersReadBack) {
  for (const std::string_view decimal :
       {"-1", "0", "16", "17", "-129", "32768", "-2147483649",
        "57896044618658097711785492504343953926634992332820282019728792003956564819967"}) {
    const Integer value = Integer::parse_decimal(decimal).value();
    ScriptBuilder builder;
    const Bytes script = std::move(builder.push(value)).finish().value();
    ScriptReader reader(script);
    EXPECT_EQ(pushed_integer(reader.next().value()), value);
    EXPECT_TRUE(reader.at_end());
  }
}

TEST(ScriptBuilder, PushesBytesWithTheShortestLength) {
  EXPECT_EQ(pushed(std::string_view("")), "0c00");
  EXPECT_EQ(pushed(std::string_view("ab")), "0c026162");
  EXPECT_EQ(pushed(ByteView(Bytes(255, 1))).substr(0, 6), "0cff01");
  EXPECT_EQ(pushed(ByteView(Bytes(256, 1))).substr(0, 8), "0d000101");
}

TEST(ScriptBuilder, RefusesScriptsThatAreTooLong) {
  ScriptBuilder fits;
  fits.push(ByteView(Bytes(65532)));
  EXPECT_EQ(std::move(fits).finish().value().size(), 65535U);
  ScriptBuilder too_long;
  too_long.push(ByteView(Bytes(65533)));
  EXPECT_EQ(std::move(too_long).finish().error().code(), Code::invalid_script);
  ScriptBuilder far_too_long;
  far_too_long.push(ByteView(Bytes(65536)));
  EXPECT_FALSE(std::move(far_too_long).finish().has_value());
}

TEST(ScriptBuilder, WritesTheGasTransferOfNeonCore) {
  // neon-core 5.10.1: GAS.transfer of 1.5 from test key 0 to test key 1, without the assertion.
  ScriptBuilder builder;
  builder.call(native_contract_hash("GasToken"), "transfer",
               {to_argument(account_of(numbered_key(0).public_key())),
                to_argument(account_of(numbered_key(1).public_key())),
                StackItem::integer(150000000), StackItem()});
  EXPECT_EQ(hex_of(std::move(builder)),
            "0b0280d1f0080c1487ad17a9d8810803cc58825f7181584c828440600c141298dffc6761a4c559a7dffa46"
            "880ba80f19fb4d14c01f0c087472616e736665720c14cf76e28bd0062c4a478ee35561011319f3cfa4d241"
            "627d5b52");
}

TEST(ScriptBuilder, TransferAssertsTheResult) {
  const TokenTransfer transfer{native_contract_hash("GasToken"), {}, {}, Integer(1), {}};
  const Bytes script = make_transfer_script(transfer).value();
  EXPECT_EQ(script.back(), static_cast<std::uint8_t>(Opcode::assert_));
  EXPECT_TRUE(check_script(script).has_value());
}

TEST(ScriptBuilder, CallsWithoutArgumentsUseAnEmptyArray) {
  const Bytes script =
      make_call_script(native_contract_hash("GasToken"), "symbol", {}, CallFlags::read_only)
          .value();
  EXPECT_EQ(codec::encode_hex(script),
            "c2150c0673796d626f6c0c14cf76e28bd0062c4a478ee35561011319f3cfa4d241627d5b52");
}

TEST(ScriptBuilder, PushesNestedValues) {
  EXPECT_EQ(pushed(StackItem::array({StackItem::integer(1), StackItem::boolean(true)})),
            "081112c0");
  EXPECT_EQ(pushed(StackItem::structure({})), "c5");
  EXPECT_EQ(pushed(StackItem::structure({StackItem()})), "0b11bf");
  EXPECT_EQ(pushed(StackItem::map({{StackItem::byte_string("a"), StackItem::integer(2)}})),
            "120c016111be");
  EXPECT_EQ(pushed(StackItem::map({})), "c8");
  EXPECT_EQ(pushed(StackItem::buffer({0xAB})), "0c01abdb30");
  EXPECT_EQ(pushed(StackItem::boolean(false)), "09");
}

TEST(ScriptBuilder, RefusesValuesWithoutALiteral) {
  ScriptBuilder builder;
  builder.push(StackItem::opaque(StackItemType::interop, "iterator"));
  EXPECT_FALSE(std::move(builder).finish().has_value());
}

TEST(ScriptReader, RefusesUnknownInstructionsAndCutOperands) {
  for (const std::string_view script :
       {"06", "ff", "0c", "0c02aa", "0d0100", "0e01000000", "01ff", "41627d5b", "3c00000000"}) {
    EXPECT_EQ(check_script(from_hex(script)).error().code(), Code::invalid_script) << script;
  }
  EXPECT_TRUE(check_script({}).has_value());
}

TEST(Opcode, KnowsNamePriceAndOperandOfEveryInstruction) {
  int count = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const auto info = find_opcode(static_cast<std::uint8_t>(byte));
    if (info.has_value()) ++count;
  }
  EXPECT_EQ(count, 196);
  EXPECT_EQ(get_opcode(Opcode::syscall).text, "SYSCALL");
  EXPECT_EQ(get_opcode(Opcode::pushdata1).price, 8U);
  EXPECT_EQ(get_opcode(Opcode::pushdata4).operand, -4);
}

}  // namespace
}  // namespace nsl::neo
