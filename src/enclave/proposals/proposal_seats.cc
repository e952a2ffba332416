#include "enclave/proposals/proposal_seats.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/base/limits.h"
#include "core/neo/hash.h"

namespace nsl::enclave::proposals {
namespace {

std::string seat_kind(const neo::PublicKey& key) {
  return fmt::format("{}/{}", records::kind::kProposalSeat,
                     neo::hash160_of(key.compressed()).to_text());
}

vault::RecordKey seat_key(const neo::PublicKey& key, const std::string& proposal) {
  return {seat_kind(key), records::kNoAccount, proposal};
}

}  // namespace

Result<std::vector<Seat>> list_seats(vault::Vault& vault, const neo::PublicKey& key,
                                     const Deadline& deadline) {
  NSL_TRY(const auto all, vault.list(seat_kind(key), records::kNoAccount, deadline));
  std::vector<Seat> seats;
  seats.reserve(all.size());
  for (const auto& [id, record] : all) {
    NSL_TRY(const auto seat, records::parse_record<stored::ProposalSeatRecord>(record));
    seats.push_back({.proposal = id, .account = seat.value.account(), .version = seat.version});
  }
  std::ranges::sort(seats, {}, &Seat::proposal);
  return seats;
}

Result<void> put_seats(vault::Vault& vault, const std::vector<neo::PublicKey>& keys,
                       const Seat& seat, vault::Batch& batch, const Deadline& deadline) {
  const auto most = static_cast<std::size_t>(limits::kProposalsListedPerKeyMax);
  stored::ProposalSeatRecord record;
  record.set_account(seat.account);
  for (const neo::PublicKey& key : keys) {
    NSL_TRY(std::vector<Seat> taken, list_seats(vault, key, deadline));
    for (const Seat& leaving : choose_excess(std::move(taken), most - 1)) {
      batch.erase(seat_key(key, leaving.proposal), leaving.version);
    }
    records::put_record(batch, seat_key(key, seat.proposal), record, seat.version);
  }
  return {};
}

std::vector<Seat> choose_excess(std::vector<Seat> seats, std::size_t most) {
  std::map<std::string, std::size_t> counts;
  for (const Seat& seat : seats) ++counts[seat.account];
  std::vector<Seat> excess;
  while (seats.size() > most) {
    const auto fullest =
        std::ranges::max_element(counts, {}, [](const auto& each) { return each.second; });
    const auto oldest = std::ranges::find(seats, fullest->first, &Seat::account);
    --fullest->second;
    excess.push_back(std::move(*oldest));
    seats.erase(oldest);
  }
  return excess;
}

}  // namespace nsl::enclave::proposals
