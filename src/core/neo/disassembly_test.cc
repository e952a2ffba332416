#include "core/neo/disassembly.h"

#include <gtest/gtest.h>

#include "core/neo/contract.h"
#include "core/neo/interop.h"
#include "core/neo/native.h"
#include "core/neo/script_builder.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

std::vector<std::string> notes_of(ByteView script) {
  std::vector<std::string> notes;
  const auto instructions = disassemble(script).value();
  for (const DisassembledInstruction& each : instructions) {
    notes.push_back(std::string(get_opcode(each.opcode).text) +
                    (each.note.empty() ? "" : " " + each.note));
  }
  return notes;
}

std::vector<std::string> notes_of(std::string_view hex) { return notes_of(from_hex(hex)); }

TEST(Disassembly, ShowsACallWithItsNames) {
  const UInt160 account = account_of(numbered_key(0).public_key());
  const Bytes script = make_transfer_script({.token = hash_of(kGasToken),
                                             .from = account,
                                             .to = account,
                                             .amount = Integer(150000000),
                                             .data = StackItem()})
                           .value();
  const std::vector<std::string> expected = {"PUSHNULL",
                                             "PUSHINT32 150000000",
                                             "PUSHDATA1 NMcJV9SQcDUNFHoaQ69jEnFg33RQUWdF5k",
                                             "PUSHDATA1 NMcJV9SQcDUNFHoaQ69jEnFg33RQUWdF5k",
                                             "PUSH4",
                                             "PACK",
                                             "PUSH15",
                                             "PUSHDATA1 \"transfer\"",
                                             "PUSHDATA1 GasToken",
                                             "SYSCALL System.Contract.Call",
                                             "ASSERT"};
  EXPECT_EQ(notes_of(script), expected);
}

TEST(Disassembly, ShowsTheKeysOfAnAccount) {
  const auto notes = notes_of(make_signature_script(numbered_key(0).public_key()));
  const std::vector<std::string> expected = {"PUSHDATA1 key of NMcJV9SQcDUNFHoaQ69jEnFg33RQUWdF5k",
                                             "SYSCALL System.Crypto.CheckSig"};
  EXPECT_EQ(notes, expected);
}

TEST(Disassembly, ShowsJumpsTypesSlotsAndTryBlocks) {
  const std::vector<std::string> expected = {"INITSLOT 2 locals, 1 arguments",
                                             "TRY catch to 8, finally to 10",
                                             "JMP to 8",
                                             "CONVERT Integer",
                                             "JMP_L out of the script",
                                             "LDLOC 7",
                                             "PUSHA to 0",
                                             "CONVERT unknown type",
                                             "SYSCALL unknown system call",
                                             "CALLT 258"};
  EXPECT_EQ(notes_of("570201"
                     "3b0507"
                     "2202"
                     "db21"
                     "23ffffff7f"
                     "6f07"
                     "0aefffffff"
                     "db99"
                     "4100000000"
                     "370201"),
            expected);
  EXPECT_EQ(notes_of("3b0000"), std::vector<std::string>{"TRY"});
  EXPECT_EQ(notes_of("3b0003"), std::vector<std::string>{"TRY finally to 3"});
}

TEST(Disassembly, PricesIncludeTheSystemCall) {
  const auto instructions =
      disassemble(make_signature_script(numbered_key(0).public_key())).value();
  ASSERT_EQ(instructions.size(), 2U);
  EXPECT_EQ(instructions[0].price, 8U);
  EXPECT_EQ(instructions[1].price, 32768U);
  EXPECT_EQ(instructions[1].offset, 35U);
  EXPECT_EQ(instructions[1].operand, from_hex("56e7b327"));
}

TEST(Disassembly, RefusesWhatIsNotAScript) {
  EXPECT_EQ(disassemble(from_hex("ff")).error().code(), Code::invalid_script);
  EXPECT_EQ(disassemble(from_hex("0c05")).error().code(), Code::invalid_script);
  EXPECT_TRUE(disassemble({}).value().empty());
}

// The rules of neo-go v0.122.0 pkg/smartcontract/scparser, IsScriptCorrect.
TEST(Disassembly, ChecksWhatANodeChecksAtDeployment) {
  for (const std::string_view good : {"", "40", "2202", "2200", "3b03042121", "c400", "db28"}) {
    EXPECT_TRUE(check_script_strictly(from_hex(good)).has_value()) << good;
  }
  for (const std::string_view bad :
       {"ff", "0c", "2203", "22ff", "22030c0140", "3b04000c0140", "3b00040c0140", "db99", "db00",
        "d900", "c499", "0a7fffffff"}) {
    EXPECT_EQ(check_script_strictly(from_hex(bad)).error().code(), Code::invalid_script) << bad;
  }
}

TEST(Interop, IsFoundByNameAndByNumber) {
  EXPECT_EQ(all_interops().size(), 41U);
  for (const InteropInfo& each : all_interops()) {
    EXPECT_EQ(find_interop(interop_id(each.name))->name, each.name);
    EXPECT_EQ(find_interop(each.name)->price, each.price);
  }
  EXPECT_EQ(find_interop(from_hex("627d5b52"))->name, kSystemContractCall);
  EXPECT_FALSE(find_interop("System.Contract.Nothing").has_value());
  EXPECT_FALSE(find_interop(from_hex("00000000")).has_value());
  EXPECT_FALSE(find_interop(from_hex("627d5b")).has_value());
}

TEST(Opcode, IsFoundByNameAndByNumber) {
  EXPECT_EQ(all_opcodes().size(), 196U);
  for (const OpcodeInfo& each : all_opcodes()) {
    EXPECT_EQ(find_opcode(each.text)->opcode, each.opcode);
    EXPECT_EQ(find_opcode(static_cast<std::uint8_t>(each.opcode))->text, each.text);
  }
  EXPECT_FALSE(find_opcode("NOTHING").has_value());
}

// neo-go v0.122.0 pkg/core/native/nativehashes.
TEST(NativeContract, HasItsPublishedHash) {
  EXPECT_EQ(hash_of(kContractManagement).to_text(), "0xfffdc93764dbaddd97c48f252a53ea4643faa3fd");
  EXPECT_EQ(hash_of(kPolicyContract).to_text(), "0xcc5e4edd9f5f8dba8bb65734541df7a1c081c67b");
  EXPECT_EQ(hash_of(kRoleManagement).to_text(), "0x49cf4e5378ffcd4dec034fd98a174c5491e395e2");
  EXPECT_EQ(hash_of(kNotary).to_text(), "0xc1e14f19c3e60d0b9244d06dd7ba9b113135ec3b");
  EXPECT_EQ(hash_of(kTreasury).to_text(), "0x156326f25b1b5d839a4d326aeaa75383c9563ac1");
  for (const NativeContract& each : all_native_contracts()) {
    EXPECT_EQ(find_native_contract(hash_of(each))->id, each.id);
  }
  EXPECT_EQ(all_native_contracts().size(), 11U);
  EXPECT_FALSE(find_native_contract(UInt160()).has_value());
}

}  // namespace
}  // namespace nsl::neo
