// Seats: which proposals a key takes part in, so that whoever owns the key finds them without being
// told their ids.
//
// Anybody may propose to anybody's key, so the list of a key is bounded, and who fills it makes
// room with his own entries: a flood pushes out nothing but itself. A proposal that has left the
// list is there all the same for whoever knows its id.
#pragma once

#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/neo/key.h"
#include "enclave/records/records.h"

namespace nsl::enclave::proposals {

struct Seat {
  std::string proposal;
  // Whose the proposal is.
  std::string account;
  std::uint64_t version = 0;
};

// Sorted by the proposals' ids, which is the order they were made in.
Result<std::vector<Seat>> list_seats(vault::Vault& vault, const neo::PublicKey& key,
                                     const Deadline& deadline);
// Adds to the batch the seat of each key, and what leaves its list for that.
Result<void> put_seats(vault::Vault& vault, const std::vector<neo::PublicKey>& keys,
                       const Seat& seat, vault::Batch& batch, const Deadline& deadline);
// Those that leave so that no more than `most` stay: one after the other the oldest of the account
// that has most.
std::vector<Seat> choose_excess(std::vector<Seat> seats, std::size_t most);

}  // namespace nsl::enclave::proposals
