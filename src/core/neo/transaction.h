// A Neo N3 transaction: what is signed, what is sent, and its hash.
//
// Parsing is canonical: bytes that parse are exactly the bytes encode() gives, so a hash we compute
// is the hash of what we read. Everything a node checks without state is checked here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/amount.h"
#include "core/neo/attribute.h"
#include "core/neo/hash.h"
#include "core/neo/network.h"
#include "core/neo/signer.h"
#include "core/neo/witness.h"

namespace nsl::neo {

struct Transaction {
  std::uint32_t nonce = 0;
  GasAmount system_fee;
  GasAmount network_fee;
  // The last block that may hold the transaction.
  BlockIndex valid_until_block;
  // The first one pays.
  std::vector<Signer> signers;
  std::vector<Attribute> attributes;
  Bytes script;
  // One for each signer, in the same order.
  std::vector<Witness> witnesses;

  friend bool operator==(const Transaction&, const Transaction&) = default;
};

// Every rule for the unsigned part.
Result<void> check_unsigned_transaction(const Transaction& transaction);
// Every rule that needs no chain state, also for witnesses and size. Signatures are not verified.
Result<void> check_transaction(const Transaction& transaction);

// Without witnesses. The transaction must pass check_unsigned_transaction().
Bytes encode_unsigned(const Transaction& transaction);
// Witnesses must be within their size.
Bytes encode(const Transaction& transaction);

Result<Transaction> parse_unsigned_transaction(ByteView bytes);
Result<Transaction> parse_transaction(ByteView bytes);
// For containers: reads one transaction and leaves the rest.
Result<Transaction> read_transaction(codec::ByteReader& reader);

// The transaction id.
UInt256 hash_of(const Transaction& transaction);

// What a signature of `hash` on that network covers: the magic number and the hash; ECDSA hashes
// it once more.
Bytes signing_message(NetworkMagic magic, const UInt256& hash);

// All witnesses, in order. Contract accounts are refused.
Result<void> verify_witnesses(const Transaction& transaction, NetworkMagic magic);

}  // namespace nsl::neo
