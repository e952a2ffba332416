#include "core/neo/iterator_script.h"

#include <gtest/gtest.h>

#include "core/neo/disassembly.h"
#include "core/neo/native.h"

namespace nsl::neo {
namespace {

Bytes script_of(const IteratorRange& range) {
  return make_iterator_script(hash_of(kNeoToken), "getAllCandidates", {}, range).value();
}

// What it does is shown by a real node, in tests/chain/test_chain_reads.py.
TEST(IteratorScript, JumpsOnlyToInstructionsOfItsOwn) {
  for (const std::uint32_t number : {0U, 16U, 256U, 4'000'000'000U}) {
    const Bytes script = script_of({.skip = number, .count = number});
    EXPECT_TRUE(check_script_strictly(script).has_value()) << number;
    // The last jump goes back to the loop that reads, 21 bytes before it.
    EXPECT_EQ(script[script.size() - 9], static_cast<std::uint8_t>(Opcode::jmp));
    EXPECT_EQ(script[script.size() - 8], static_cast<std::uint8_t>(-21));
  }
}

TEST(IteratorScript, DiffersOnlyInItsNumbers) {
  EXPECT_EQ(script_of({.skip = 0, .count = 5}).size(), script_of({.skip = 3, .count = 16}).size());
  EXPECT_NE(script_of({.skip = 0, .count = 5}), script_of({.skip = 0, .count = 6}));
}

}  // namespace
}  // namespace nsl::neo
