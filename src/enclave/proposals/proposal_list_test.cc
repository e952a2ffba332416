// Which proposals an account takes part in, and who may fill the list of a key.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/limits.h"
#include "enclave/proposals/proposal_seats.h"
#include "enclave/proposals/proposal_testing.h"

namespace nsl::enclave::proposals {
namespace {

using nsl::v1::Proposal;
using testing::ProposalServiceTest;

std::vector<std::string> ids_of(const nsl::v1::ProposalList& list) {
  std::vector<std::string> ids;
  for (const Proposal& each : list.items()) ids.push_back(each.id());
  return ids;
}

TEST_F(ProposalServiceTest, ListsForEachAccountThoseItTakesPartIn) {
  std::vector<std::string> both = {propose().id(), propose().id()};
  std::ranges::sort(both);
  const auto own = service_.list_mine(alice(), {});
  ASSERT_TRUE(own.has_value()) << own.error().message();
  EXPECT_EQ(ids_of(*own), both);
  EXPECT_EQ(own->items(0).wallet(), safe_.id());
  const auto invited = service_.list_mine(bob(), {});
  ASSERT_EQ(ids_of(*invited), both);
  EXPECT_EQ(invited->items(0).status(), Proposal::PENDING);
  // Which wallet of alice's it is is no business of bob's; which of his own signs is.
  EXPECT_EQ(invited->items(0).wallet(), "");
  EXPECT_EQ(std::ranges::count(invited->items(0).keys(), bobs_.id(), &Proposal::Key::wallet), 1);
  EXPECT_TRUE(invited->items(0).transaction().empty());
}

TEST_F(ProposalServiceTest, ListsNothingForWhoeverOwnsNoneOfTheKeys) {
  propose();
  nsl::v1::CreateWalletRequest create;
  create.set_name("own");
  const auto carol = call_of("acc_carol");
  const nsl::v1::Wallet wallet = wallets_.create(carol, create).value();
  EXPECT_EQ(service_.list_mine(carol, {})->items_size(), 0);
  // A wallet of the same keys is none of them.
  nsl::v1::CreateMultisigWalletRequest copy;
  copy.set_name("copy");
  copy.set_threshold(2);
  copy.add_signers()->set_wallet("own");
  copy.add_signers()->set_public_key(bobs_.public_key());
  ASSERT_TRUE(wallets_.create_multisig(carol, copy).has_value());
  EXPECT_EQ(service_.list_mine(carol, {})->items_size(), 0);
}

TEST_F(ProposalServiceTest, ListsInPagesThatLoseNothing) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.push_back(propose().id());
  std::ranges::sort(made);
  std::vector<std::string> seen;
  nsl::v1::ListMyProposalsRequest request;
  request.set_limit(2);
  do {
    const auto page = service_.list_mine(bob(), request);
    ASSERT_TRUE(page.has_value());
    for (const std::string& id : ids_of(*page)) seen.push_back(id);
    request.set_cursor(page->next_cursor());
  } while (!request.cursor().empty());
  EXPECT_EQ(seen, made);
}

TEST_F(ProposalServiceTest, WhoFloodsAKeyLosesHisOwnPlacesInItsList) {
  const auto most = static_cast<std::size_t>(limits::kProposalsListedPerKeyMax);
  const std::vector<std::string> wanted = {propose().id(), propose().id()};
  const auto mallory = call_of("acc_mallory");
  nsl::v1::CreateWalletRequest create;
  create.set_name("own");
  ASSERT_TRUE(wallets_.create(mallory, create).has_value());
  std::string newest;
  for (std::size_t i = 0; i < most + 10; ++i) {
    nsl::v1::CreateProposalRequest request = transfer_request();
    request.set_wallet("many-" + std::to_string(i / 100));
    if (i % 100 == 0) {
      nsl::v1::CreateMultisigWalletRequest several;
      several.set_name(request.wallet());
      several.set_threshold(1 + static_cast<std::uint32_t>(i / 100) % 2);
      several.add_signers()->set_wallet("own");
      several.add_signers()->set_public_key(bobs_.public_key());
      ASSERT_TRUE(wallets_.create_multisig(mallory, several).has_value()) << i;
    }
    const auto made = service_.create(mallory, request);
    ASSERT_TRUE(made.has_value()) << i << made.error().message();
    newest = made->id();
  }
  nsl::v1::ListMyProposalsRequest request;
  request.set_limit(200);
  const auto listed = service_.list_mine(bob(), request);
  EXPECT_TRUE(listed->next_cursor().empty());
  const std::vector<std::string> ids = ids_of(*listed);
  EXPECT_EQ(ids.size(), most);
  for (const std::string& id : wanted) EXPECT_EQ(std::ranges::count(ids, id), 1);
  // What left the list is still there for whoever knows its id.
  EXPECT_TRUE(get(bob(), "own", newest).has_value());
}

TEST(ProposalSeats, WhoHasMostMakesRoomWithHisOldest) {
  const std::vector<Seat> seats = {
      {.proposal = "1", .account = "a"}, {.proposal = "2", .account = "b"},
      {.proposal = "3", .account = "a"}, {.proposal = "4", .account = "b"},
      {.proposal = "5", .account = "a"}, {.proposal = "6", .account = "c"}};
  const auto left = [&](std::size_t most) {
    std::string text;
    for (const Seat& seat : choose_excess(seats, most)) text += seat.proposal;
    return text;
  };
  EXPECT_EQ(left(6), "");
  EXPECT_EQ(left(7), "");
  EXPECT_EQ(left(5), "1");
  EXPECT_EQ(left(4), "13");
  EXPECT_EQ(left(3), "132");
  EXPECT_EQ(left(0).size(), 6U);
}

}  // namespace
}  // namespace nsl::enclave::proposals
