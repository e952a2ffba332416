#include <gtest/gtest.h>

#include "core/codec/hex.h"
#include "core/neo/address.h"
#include "core/neo/mnemonic.h"
#include "core/neo/nep2.h"
#include "core/neo/nep6.h"
#include "enclave/testing/service_test.h"
#include "enclave/wallets/key_transfer.h"
#include "enclave/wallets/wallet_service.h"

namespace nsl::enclave::wallets {
namespace {

// neo-project/proposals nep-2, its test vectors.
constexpr const char* kWif = "L44B5gGEpqEDRS9vVPz7QT35jcBG2r3CZwSwQ4fCewXAhAhqGVpP";
// "TREZOR" vectors of python-mnemonic: sixteen zero bytes.
constexpr const char* kWords =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

class WalletKeysTest : public testing::ServiceTest {
 protected:
  static nsl::v1::ImportWalletRequest request(const std::string& name) {
    nsl::v1::ImportWalletRequest made;
    made.set_name(name);
    made.set_exportable(true);
    return made;
  }
  nsl::v1::ImportWalletRequest wif_request() {
    nsl::v1::ImportWalletRequest made = request("main");
    made.set_wif(kWif);
    return made;
  }
  Result<nsl::v1::WalletKey> export_key(const std::string& wallet, const std::string& passphrase) {
    nsl::v1::ExportWalletRequest asked;
    asked.set_wallet(wallet);
    asked.set_passphrase(passphrase);
    return service_.export_key(alice(), asked);
  }

  neo::PrivateKey key_ = neo::parse_wif(kWif).value();
  // Opening at the cost a wallet file may name keeps the tests fast.
  static constexpr crypto::ScryptCost kCheap{2, 1, 1};
  WalletBook book_{*vault_, keys_};
  WalletService service_{*vault_, book_};
};

TEST_F(WalletKeysTest, TakesAWifAndSignsWithItsKey) {
  const auto wallet = service_.import_key(alice(), wif_request());
  ASSERT_TRUE(wallet.has_value()) << wallet.error().message();
  EXPECT_EQ(wallet->address(), neo::to_address(key_.public_key()));
  EXPECT_TRUE(wallet->imported());
  nsl::v1::SignRequest sign;
  sign.set_wallet("main");
  sign.set_data("some data");
  const auto signature = service_.sign(alice(), sign);
  EXPECT_TRUE(crypto::p256_verify(key_.public_key(), as_bytes("some data"),
                                  as_bytes(signature->signature())));
}

TEST_F(WalletKeysTest, TakesANep2KeyWithItsPassphraseOnly) {
  nsl::v1::ImportWalletRequest asked = request("main");
  asked.mutable_nep2()->set_key(neo::seal_nep2(key_, as_bytes("pass")).value());
  asked.mutable_nep2()->set_passphrase("wrong");
  EXPECT_EQ(service_.import_key(alice(), asked).error().code(), Code::wrong_passphrase);
  asked.mutable_nep2()->set_passphrase("pass");
  EXPECT_EQ(service_.import_key(alice(), asked)->address(), neo::to_address(key_.public_key()));
}

TEST_F(WalletKeysTest, TakesTheAccountOfAWalletFileThatIsNamed) {
  neo::Nep6Wallet file;
  file.scrypt = kCheap;
  const neo::PrivateKey other = neo::PrivateKey::generate(random_);
  file.accounts.push_back(neo::make_nep6_account(other, as_bytes("pass"), kCheap).value());
  file.accounts.push_back(neo::make_nep6_account(key_, as_bytes("pass"), kCheap).value());
  nsl::v1::ImportWalletRequest asked = request("main");
  asked.mutable_nep6()->set_wallet(neo::to_text(neo::to_json(file)));
  asked.mutable_nep6()->set_passphrase("pass");
  EXPECT_EQ(service_.import_key(alice(), asked).error().code(), Code::invalid_nep6);
  asked.mutable_nep6()->set_address(neo::to_address(key_.public_key()));
  EXPECT_EQ(service_.import_key(alice(), asked)->address(), neo::to_address(key_.public_key()));
}

TEST_F(WalletKeysTest, TakesTheDefaultAccountOfAWalletFile) {
  neo::Nep6Wallet file;
  file.scrypt = kCheap;
  const neo::PrivateKey other = neo::PrivateKey::generate(random_);
  file.accounts.push_back(neo::make_nep6_account(other, as_bytes("pass"), kCheap).value());
  file.accounts.push_back(neo::make_nep6_account(key_, as_bytes("pass"), kCheap).value());
  file.accounts.back().is_default = true;
  nsl::v1::ImportWalletRequest asked = request("main");
  asked.mutable_nep6()->set_wallet(neo::to_text(neo::to_json(file)));
  asked.mutable_nep6()->set_passphrase("wrong");
  EXPECT_EQ(service_.import_key(alice(), asked).error().code(), Code::wrong_passphrase);
  asked.mutable_nep6()->set_passphrase("pass");
  EXPECT_EQ(service_.import_key(alice(), asked)->address(), neo::to_address(key_.public_key()));
}

TEST_F(WalletKeysTest, TakesWordsAndTheIndexUnderThem) {
  const Secret<64> seed = neo::mnemonic_seed(kWords, "TREZOR").value();
  nsl::v1::ImportWalletRequest asked = request("first");
  asked.mutable_mnemonic()->set_words(kWords);
  asked.mutable_mnemonic()->set_passphrase("TREZOR");
  EXPECT_EQ(service_.import_key(alice(), asked)->address(),
            neo::to_address(neo::derive_account_key(seed, 0).public_key()));
  asked.set_name("second");
  asked.mutable_mnemonic()->set_index(7);
  EXPECT_EQ(service_.import_key(alice(), asked)->address(),
            neo::to_address(neo::derive_account_key(seed, 7).public_key()));
  asked.set_name("third");
  asked.mutable_mnemonic()->set_index(0x80000000U);
  EXPECT_EQ(service_.import_key(alice(), asked).error().code(), Code::invalid_argument);
  asked.mutable_mnemonic()->set_words("abandon abandon about");
  asked.mutable_mnemonic()->set_index(0);
  EXPECT_EQ(service_.import_key(alice(), asked).error().code(), Code::invalid_mnemonic);
}

TEST_F(WalletKeysTest, RefusesARequestWithoutAKey) {
  EXPECT_EQ(service_.import_key(alice(), request("main")).error().code(), Code::invalid_argument);
  nsl::v1::ImportWalletRequest broken = request("main");
  broken.set_wif("K123");
  EXPECT_FALSE(service_.import_key(alice(), broken).has_value());
  EXPECT_EQ(service_.list(alice(), {})->items_size(), 0);
}

TEST_F(WalletKeysTest, ShowsTheHostNothingOfAnImportedKey) {
  ASSERT_TRUE(service_.import_key(alice(), wif_request()).has_value());
  const std::string stored = host_.everything();
  EXPECT_EQ(stored.find(kWif), std::string::npos);
  EXPECT_EQ(stored.find(std::string(as_text(key_.secret().reveal()))), std::string::npos);
}

TEST_F(WalletKeysTest, GivesOutOnlyWhatWasMadeExportable) {
  ASSERT_TRUE(service_.import_key(alice(), wif_request()).has_value());
  EXPECT_EQ(export_key("main", {})->wif(), kWif);
  nsl::v1::CreateWalletRequest create;
  create.set_name("kept");
  ASSERT_TRUE(service_.create(alice(), create).has_value());
  EXPECT_EQ(export_key("kept", {}).error().code(), Code::wallet_not_exportable);
  nsl::v1::ImportWalletRequest kept = wif_request();
  kept.set_name("imported-kept");
  kept.set_exportable(false);
  ASSERT_TRUE(service_.import_key(alice(), kept).has_value());
  EXPECT_EQ(export_key("imported-kept", {}).error().code(), Code::wallet_not_exportable);
  nsl::v1::ExportWalletRequest foreign;
  foreign.set_wallet("main");
  EXPECT_EQ(service_.export_key(bob(), foreign).error().code(), Code::wallet_not_found);
}

TEST_F(WalletKeysTest, GivesOutTheKeyOfAWalletMadeHere) {
  nsl::v1::CreateWalletRequest create;
  create.set_name("made");
  create.set_exportable(true);
  const auto wallet = service_.create(alice(), create);
  const auto exported = export_key("made", {});
  ASSERT_TRUE(exported.has_value());
  EXPECT_EQ(neo::to_address(neo::parse_wif(exported->wif())->public_key()), wallet->address());
}

TEST_F(WalletKeysTest, PutsAKeyUnderAPassphrase) {
  ASSERT_TRUE(service_.import_key(alice(), wif_request()).has_value());
  const auto exported = export_key("main", "pass");
  EXPECT_TRUE(exported->wif().empty());
  EXPECT_EQ(neo::open_nep2(exported->nep2(), as_bytes("pass"))->public_key(), key_.public_key());
}

}  // namespace
}  // namespace nsl::enclave::wallets
