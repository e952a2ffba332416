// HeaderChain: the newest verified headers, in memory. Every header was signed by the consensus
// nodes the one before it names, down to the one that was trusted at the beginning; what lies
// before that one is known by its hash.
#pragma once

#include <deque>
#include <span>

#include "core/base/result.h"
#include "core/neo/header.h"

namespace nsl::enclave::light_client {

class HeaderChain {
 public:
  HeaderChain(neo::Header trusted, neo::NetworkMagic magic);

  const neo::Header& newest() const { return headers_.back(); }
  // Verifies and adds what follows the newest header; headers the chain has passed already are
  // passed over. All or none.
  Result<void> extend(std::span<const neo::Header> headers);
  const neo::Header& oldest() const { return headers_.front(); }
  // Adds what lies before the oldest header: it needs no signatures, because each header names the
  // hash of the one before it. Headers that are kept already are passed over. All or none.
  // Code::block_not_provable when there is no room for them.
  Result<void> extend_back(std::span<const neo::Header> headers);
  // Without its witness. Null when it is newer, or older than what is kept. Valid until the next
  // extend().
  const neo::Header* find(neo::BlockIndex index) const;

 private:
  const neo::NetworkMagic magic_;
  // Without witnesses, which take most of the room and are not needed again. Never empty.
  // LIMIT: limits::kLightClientWindowHeaders.
  std::deque<neo::Header> headers_;
};

}  // namespace nsl::enclave::light_client
