// Block headers. A header is valid when it names its predecessor and the consensus nodes its
// predecessor named have signed it; that is all a light client needs to trust a chain it did not
// see grow.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/codec/byte_io.h"
#include "core/neo/hash.h"
#include "core/neo/network.h"
#include "core/neo/witness.h"

namespace nsl::neo {

struct Header {
  UInt256 previous_hash;
  UInt256 merkle_root;
  // Milliseconds since 1970.
  std::uint64_t timestamp_ms = 0;
  std::uint64_t nonce = 0;
  BlockIndex index;
  std::uint8_t primary_index = 0;
  // The account whose witness the next block needs.
  UInt160 next_consensus;
  Witness witness;

  friend bool operator==(const Header&, const Header&) = default;
};

Bytes encode(const Header& header);
// Without the witness: what the hash covers.
Bytes encode_unsigned(const Header& header);
UInt256 hash_of(const Header& header);
Result<Header> read_header(codec::ByteReader& reader);
Result<Header> parse_header(ByteView bytes);

// `header` follows `previous`, which is trusted, and carries the signatures `previous` asks for.
Result<void> verify_successor(const Header& previous, const Header& header, NetworkMagic magic);

// Each header follows the one before it, the first follows `trusted`. Names the first that does
// not.
Result<void> verify_headers(const Header& trusted, std::span<const Header> headers,
                            NetworkMagic magic);
// `header` comes any number of blocks after `trusted` and is signed by the same consensus nodes.
//
// TRUST: this holds while the nodes `trusted` names have not been replaced in between. Replaced
// nodes could sign another chain, so a caller that skips headers must know that the consensus
// account did not change, or ask for every header.
Result<void> verify_later(const Header& trusted, const Header& header, NetworkMagic magic);

}  // namespace nsl::neo
