#include "enclave/wallets/wallet_service.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "core/neo/message_signing.h"
#include "enclave/records/records.h"
#include "enclave/router/idempotency.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::wallets {
namespace {

constexpr const char* kContract = "0x1234567890123456789012345678901234567890";

class WalletServiceTest : public testing::ServiceTest {
 protected:
  Result<nsl::v1::Wallet> create(const router::Call& call, const std::string& name = "hot") {
    nsl::v1::CreateWalletRequest request;
    request.set_name(name);
    return service_.create(call, request);
  }
  Result<nsl::v1::Wallet> get(const router::Call& call, const std::string& wallet) {
    nsl::v1::GetWalletRequest request;
    request.set_wallet(wallet);
    return service_.get(call, request);
  }
  Result<nsl::v1::Signature> sign(
      const router::Call& call, const std::string& data,
      nsl::v1::SignRequest::Encoding encoding = nsl::v1::SignRequest::raw) {
    nsl::v1::SignRequest request;
    request.set_wallet("hot");
    request.set_data(data);
    request.set_encoding(encoding);
    return service_.sign(call, request);
  }
  static nsl::v1::PutGrantRequest grant_request() {
    nsl::v1::PutGrantRequest request;
    request.set_wallet("hot");
    request.set_function("answer");
    auto* contract = request.add_contracts();
    contract->set_contract(kContract);
    contract->add_methods("fulfil");
    request.set_max_system_fee("0.50");
    request.set_max_network_fee("0.1");
    return request;
  }
  Result<nsl::v1::GrantList> grants(const router::Call& call) {
    nsl::v1::ListGrantsRequest request;
    request.set_wallet("hot");
    return service_.list_grants(call, request);
  }
  Result<nsl::v1::Empty> delete_grant(const router::Call& call) {
    nsl::v1::DeleteGrantRequest request;
    request.set_wallet("hot");
    request.set_function("answer");
    return service_.delete_grant(call, request);
  }
  static neo::PublicKey key_of(const std::string& compressed) {
    return neo::parse_public_key(as_bytes(compressed)).value();
  }

  WalletBook book_{*vault_, keys_};
  WalletService service_{*vault_, book_};
};

TEST_F(WalletServiceTest, MakesAWalletWhoseAddressIsItsKeys) {
  const auto wallet = create(alice());
  ASSERT_TRUE(wallet.has_value()) << wallet.error().message();
  const neo::PublicKey key = key_of(wallet->public_key());
  EXPECT_EQ(wallet->address(), neo::to_address(key));
  EXPECT_EQ(wallet->script_hash(), neo::account_of(key).to_text());
}

TEST_F(WalletServiceTest, FindsAWalletByIdAndByName) {
  const auto wallet = create(alice());
  EXPECT_EQ(get(alice(), wallet->id())->address(), wallet->address());
  EXPECT_EQ(get(alice(), "hot")->address(), wallet->address());
  EXPECT_EQ(get(alice(), "cold").error().code(), Code::wallet_not_found);
}

TEST_F(WalletServiceTest, HidesOneAccountsWalletsFromAnother) {
  const auto wallet = create(alice());
  EXPECT_EQ(get(bob(), wallet->id()).error().code(), Code::wallet_not_found);
  EXPECT_EQ(get(bob(), "hot").error().code(), Code::wallet_not_found);
  EXPECT_EQ(sign(bob(), "data").error().code(), Code::wallet_not_found);
  EXPECT_EQ(service_.put_grant(bob(), grant_request()).error().code(), Code::wallet_not_found);
  EXPECT_EQ(grants(bob()).error().code(), Code::wallet_not_found);
  EXPECT_EQ(delete_grant(bob()).error().code(), Code::wallet_not_found);
  EXPECT_EQ(service_.list(bob(), {})->items_size(), 0);
  EXPECT_EQ(service_.list(alice(), {})->items_size(), 1);
}

TEST_F(WalletServiceTest, GivesTwoAccountsDifferentKeysUnderTheSameName) {
  EXPECT_NE(create(alice())->public_key(), create(bob())->public_key());
}

TEST_F(WalletServiceTest, RefusesASecondWalletOfTheSameName) {
  ASSERT_TRUE(create(alice()).has_value());
  EXPECT_EQ(create(alice()).error().code(), Code::already_exists);
}

TEST_F(WalletServiceTest, RefusesABadName) {
  for (const char* bad : {"", "Hot", "-hot", "hot wallet"}) {
    EXPECT_EQ(create(alice(), bad).error().code(), Code::invalid_argument) << bad;
  }
}

TEST_F(WalletServiceTest, FindsItsWalletWhenACutOffRequestIsRepeated) {
  const Bytes seed(32, 9);
  router::RepeatableRandom first_random(seed);
  router::RepeatableRandom second_random(seed);
  const auto call = [this](Random& random) {
    return router::Call{.deadline = deadline_,
                        .caller = alice().caller,
                        .request_id = "req_test",
                        .if_match = {},
                        .now = clock_.wall_time(),
                        .random = random};
  };
  const auto first = create(call(first_random));
  const auto second = create(call(second_random));
  ASSERT_TRUE(second.has_value()) << second.error().message();
  EXPECT_EQ(first->id(), second->id());
  EXPECT_EQ(first->address(), second->address());
  EXPECT_EQ(service_.list(alice(), {})->items_size(), 1);
}

TEST_F(WalletServiceTest, ListsWalletsInPages) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(create(alice(), name).has_value());
  nsl::v1::ListWalletsRequest request;
  request.set_limit(2);
  const auto first = service_.list(alice(), request);
  ASSERT_EQ(first->items_size(), 2);
  request.set_cursor(first->next_cursor());
  const auto second = service_.list(alice(), request);
  EXPECT_EQ(second->items_size(), 1);
  EXPECT_EQ(second->next_cursor(), "");
}

TEST_F(WalletServiceTest, SignsRawBytes) {
  const auto wallet = create(alice());
  const auto signature = sign(alice(), "some data");
  ASSERT_TRUE(signature.has_value()) << signature.error().message();
  EXPECT_EQ(signature->public_key(), wallet->public_key());
  EXPECT_TRUE(crypto::p256_verify(key_of(wallet->public_key()), as_bytes("some data"),
                                  as_bytes(signature->signature())));
}

TEST_F(WalletServiceTest, SignsANeoMessageThatAWalletsVerifierAccepts) {
  const auto wallet = create(alice());
  const auto signature = sign(alice(), "hello", nsl::v1::SignRequest::neo_message);
  const neo::PublicKey key = key_of(wallet->public_key());
  EXPECT_TRUE(neo::verify_signed_message(
                  {.layout = neo::MessageLayout::classic_unsalted, .salt = {}, .text = "hello"},
                  key, as_bytes(signature->signature()), neo::account_of(key))
                  .has_value());
}

TEST_F(WalletServiceTest, RefusesThirtySixBytesBecauseTheyCouldBeATransaction) {
  ASSERT_TRUE(create(alice()).has_value());
  EXPECT_EQ(sign(alice(), std::string(36, 'x')).error().code(), Code::invalid_argument);
  EXPECT_TRUE(sign(alice(), std::string(35, 'x')).has_value());
  EXPECT_TRUE(sign(alice(), std::string(37, 'x')).has_value());
}

TEST_F(WalletServiceTest, BoundsWhatItSigns) {
  ASSERT_TRUE(create(alice()).has_value());
  EXPECT_EQ(sign(alice(), "").error().code(), Code::invalid_argument);
  const std::string huge(static_cast<std::size_t>(limits::kSignDataBytesMax) + 1, 'x');
  EXPECT_EQ(sign(alice(), huge).error().code(), Code::invalid_argument);
}

TEST_F(WalletServiceTest, RefusesAnUnknownEncoding) {
  ASSERT_TRUE(create(alice()).has_value());
  EXPECT_EQ(sign(alice(), "x", static_cast<nsl::v1::SignRequest::Encoding>(9)).error().code(),
            Code::invalid_argument);
}

TEST_F(WalletServiceTest, KeepsAGrantInCanonicalForm) {
  const auto wallet = create(alice());
  const auto grant = service_.put_grant(alice(), grant_request());
  ASSERT_TRUE(grant.has_value()) << grant.error().message();
  EXPECT_EQ(grant->wallet(), wallet->id());
  EXPECT_EQ(grant->max_system_fee(), "0.5");
  EXPECT_EQ(grants(alice())->items_size(), 1);
  EXPECT_TRUE(book_.get_grant("acc_alice", wallet->id(), "answer", deadline_).has_value());
}

TEST_F(WalletServiceTest, TakesAGrantBack) {
  const auto wallet = create(alice());
  ASSERT_TRUE(service_.put_grant(alice(), grant_request()).has_value());
  ASSERT_TRUE(delete_grant(alice()).has_value());
  EXPECT_EQ(grants(alice())->items_size(), 0);
  EXPECT_EQ(book_.get_grant("acc_alice", wallet->id(), "answer", deadline_).error().code(),
            Code::wallet_not_granted);
  EXPECT_EQ(delete_grant(alice()).error().code(), Code::not_found);
}

TEST_F(WalletServiceTest, ListsTheGrantsOfOneWalletOnly) {
  ASSERT_TRUE(create(alice()).has_value());
  ASSERT_TRUE(create(alice(), "cold").has_value());
  auto other = grant_request();
  other.set_wallet("cold");
  ASSERT_TRUE(service_.put_grant(alice(), other).has_value());
  EXPECT_EQ(grants(alice())->items_size(), 0);
}

TEST_F(WalletServiceTest, HonoursIfMatchOfAGrant) {
  ASSERT_TRUE(create(alice()).has_value());
  const auto grant = service_.put_grant(alice(), grant_request());
  auto stale = alice();
  stale.if_match = "\"v9\"";
  EXPECT_EQ(service_.put_grant(stale, grant_request()).error().code(), Code::precondition_failed);
  auto fresh = alice();
  fresh.if_match = grant->etag();
  EXPECT_TRUE(service_.put_grant(fresh, grant_request()).has_value());
}

TEST_F(WalletServiceTest, RefusesAGrantWithoutBounds) {
  ASSERT_TRUE(create(alice()).has_value());
  auto unbounded = grant_request();
  unbounded.clear_max_system_fee();
  EXPECT_EQ(service_.put_grant(alice(), unbounded).error().code(), Code::invalid_amount);
  auto methodless = grant_request();
  methodless.mutable_contracts(0)->clear_methods();
  EXPECT_EQ(service_.put_grant(alice(), methodless).error().code(), Code::invalid_argument);
}

TEST_F(WalletServiceTest, BoundsTheWalletsOfAnAccount) {
  fill(records::kind::kWallet, limits::kWalletsPerAccountMax - 1);
  EXPECT_TRUE(create(alice(), "last").has_value());
  EXPECT_EQ(create(alice(), "one-more").error().code(), Code::limit_exceeded);
  EXPECT_TRUE(create(bob(), "one-more").has_value());
}

}  // namespace
}  // namespace nsl::enclave::wallets
