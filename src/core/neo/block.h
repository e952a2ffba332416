// A block: a header and the transactions its merkle root commits to.
#pragma once

#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/header.h"
#include "core/neo/transaction.h"

namespace nsl::neo {

struct Block {
  Header header;
  std::vector<Transaction> transactions;

  friend bool operator==(const Block&, const Block&) = default;
};

Bytes encode(const Block& block);
// Does what check_block() does too.
Result<Block> parse_block(ByteView bytes);
// The merkle root is that of the transactions, and none repeats.
Result<void> check_block(const Block& block);

// The root of a tree whose odd nodes pair with themselves; zero for no leaf.
UInt256 merkle_root_of(std::span<const UInt256> hashes);

}  // namespace nsl::neo
