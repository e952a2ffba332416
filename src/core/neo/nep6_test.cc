#include "core/neo/nep6.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// neo-go v0.122.0 pkg/wallet/testdata/wallet1.json: a key and an account of 3 of 4 with it, under
// the passphrase "one".
constexpr std::string_view kWallet =
    R"({"version":"1.0","accounts":[{"address":"Nhfg3TbpwogLvDGVvAvqyThbsHgoSUKwtn","key":"6P)"
    R"(YM8VdX3hY4B51UJxmm8D41RQMbpJT8aYHibyQ67gjkUPmvQgu51Y5UQR","label":"","contract":{"scri)"
    R"(pt":"DCECs2Ir9AF73+MXxYrtX0x1PyBrfbiWBG+n13S7xL9/jcJBVuezJw==","parameters":[{"name":")"
    R"(parameter0","type":"Signature"}],"deployed":false},"lock":false,"isDefault":false},{"a)"
    R"(ddress":"NVTiAjNgagDkTr5HTzDmQP9kPwPHN5BgVq","key":"6PYM8VdX3hY4B51UJxmm8D41RQMbpJT8aY)"
    R"(HibyQ67gjkUPmvQgu51Y5UQR","label":"","contract":{"script":"EwwhAhA6f33QFlWFl/eWDSfFFqQ)"
    R"(5T9loueZRVetLAT5AQEBuDCECp7xV/oaE4BGXaNEEujB5W9zIZhnoZK3SYVZyPtGFzWIMIQKzYiv0AXvf4xfFi)"
    R"(u1fTHU/IGt9uJYEb6fXdLvEv3+NwgwhA9kMB99j5pDOd5EuEKtRrMlEtmhgI3tgjE+PgwnnHuaZFEGe0Nw6",")"
    R"(parameters":[{"name":"parameter0","type":"Signature"},{"name":"parameter1","type":"Sig)"
    R"(nature"},{"name":"parameter2","type":"Signature"}],"deployed":false},"lock":false,"isD)"
    R"(efault":false}],"scrypt":{"n":2,"r":1,"p":1},"extra":{"Tokens":null}})";

JsonValue json_of(std::string_view text) { return parse_json(text, 1U << 16).value(); }
Nep6Wallet wallet() { return parse_nep6(kWallet).value(); }

TEST(Nep6, ReadsAWalletOfNeoGo) {
  const Nep6Wallet read = wallet();
  EXPECT_EQ(read.version, "1.0");
  EXPECT_EQ(read.scrypt.n, 2U);
  ASSERT_EQ(read.accounts.size(), 2U);
  EXPECT_EQ(to_address(read.accounts[0].account), "Nhfg3TbpwogLvDGVvAvqyThbsHgoSUKwtn");
  EXPECT_EQ(kind_of(read.accounts[0]), Nep6AccountKind::single);
  EXPECT_EQ(kind_of(read.accounts[1]), Nep6AccountKind::multisig);
  EXPECT_EQ(multisig_of(read.accounts[1])->threshold, 3U);
  EXPECT_EQ(multisig_of(read.accounts[1])->keys.size(), 4U);
}

TEST(Nep6, OpensItsKeys) {
  const Nep6Wallet read = wallet();
  for (const Nep6Account& each : read.accounts) {
    const PrivateKey key = open_account(read, each, as_bytes("one")).value();
    EXPECT_EQ(as_text(to_wif(key).reveal()),
              "KxyjQ8eUa4FHt3Gvioyt1Wz29cTUrE4eTqX3yFSk1YFCsPL8uNsY");
    EXPECT_EQ(open_account(read, each, as_bytes("two")).error().code(), Code::wrong_passphrase);
  }
}

TEST(Nep6, WritesWhatItReads) {
  Nep6Wallet written = wallet();
  written.name = "savings";
  written.extra = json_of(R"({"Tokens":[1,2]})");
  written.accounts[0].label = "mine";
  written.accounts[0].is_default = true;
  written.accounts[1].is_locked = true;
  written.accounts[1].extra = JsonValue::string("note");
  const Nep6Wallet read = parse_nep6(to_text(to_json(written))).value();
  EXPECT_EQ(read.name, written.name);
  EXPECT_EQ(read.accounts, written.accounts);
  EXPECT_EQ(to_json(read), to_json(written));
}

TEST(Nep6, MakesAnAccountItCanOpen) {
  Nep6Wallet made;
  made.scrypt = {2, 1, 1};
  const PrivateKey key = numbered_key(0);
  made.accounts = {make_nep6_account(key, as_bytes("secret"), made.scrypt).value()};
  const Nep6Wallet read = parse_nep6(to_text(to_json(made))).value();
  EXPECT_EQ(open_account(read, read.accounts[0], as_bytes("secret"))->public_key(),
            key.public_key());
  EXPECT_EQ(kind_of(read.accounts[0]), Nep6AccountKind::single);
}

TEST(Nep6, KnowsWhatCannotSign) {
  Nep6Account account = wallet().accounts[0];
  const std::string key = account.key;
  account.key.clear();
  EXPECT_EQ(kind_of(account), Nep6AccountKind::watch_only);
  account.contract.reset();
  EXPECT_EQ(kind_of(account), Nep6AccountKind::watch_only);
  EXPECT_EQ(open_account(wallet(), account, as_bytes("one")).error().code(), Code::invalid_nep6);
  account.key = key;
  EXPECT_EQ(kind_of(account), Nep6AccountKind::single);
  account.contract = Nep6Contract{};
  EXPECT_EQ(kind_of(account), Nep6AccountKind::contract);
  account.account = UInt160();
  EXPECT_EQ(open_account(wallet(), account, as_bytes("one")).error().code(), Code::invalid_nep6);
  EXPECT_EQ(nep6_account_kind_name(Nep6AccountKind::watch_only), "watch_only");
  EXPECT_EQ(nep6_account_kind_name(Nep6AccountKind::single), "single");
  EXPECT_EQ(nep6_account_kind_name(Nep6AccountKind::multisig), "multisig");
  EXPECT_EQ(nep6_account_kind_name(Nep6AccountKind::contract), "contract");
}

TEST(Nep6, RefusesFilesThatLieOrAreMalformed) {
  const auto code_of = [](const Nep6Wallet& each) {
    return parse_nep6(to_json(each)).error().code();
  };
  Nep6Wallet bad = wallet();
  bad.accounts[0].account = UInt160();
  EXPECT_EQ(code_of(bad), Code::invalid_nep6);
  bad = wallet();
  bad.accounts.push_back(bad.accounts[0]);
  EXPECT_EQ(code_of(bad), Code::invalid_nep6);
  bad = wallet();
  bad.accounts[0].is_default = true;
  bad.accounts[1].is_default = true;
  EXPECT_EQ(code_of(bad), Code::invalid_nep6);
  bad = wallet();
  bad.accounts[0].contract->script = Bytes(limits::kNeoWitnessScriptBytesMax + 1, 0);
  EXPECT_EQ(code_of(bad), Code::invalid_nep6);
  for (const std::string_view text :
       {"[]", "{}", R"({"version":"1.0","accounts":[]})",
        R"({"version":"1.0","scrypt":{"n":2,"r":1},"accounts":[]})",
        R"({"version":"1.0","scrypt":{"n":2,"r":1,"p":1},"accounts":[{"address":"N"}]})",
        R"({"version":1,"scrypt":{"n":2,"r":1,"p":1},"accounts":[]})"}) {
    EXPECT_FALSE(parse_nep6(text).has_value()) << text;
  }
  EXPECT_EQ(parse_nep6("{").error().code(), Code::malformed_json);
}

TEST(Nep6, IsBoundInSizeAndAccounts) {
  Nep6Wallet large;
  large.scrypt = {2, 1, 1};
  for (std::size_t i = 0; i <= limits::kNeoWalletAccountsMax; ++i) {
    UInt160::Array hash{};
    hash[0] = static_cast<std::uint8_t>(i);
    hash[1] = static_cast<std::uint8_t>(i >> 8);
    Nep6Account account;
    account.account = UInt160(hash);
    large.accounts.push_back(account);
  }
  EXPECT_FALSE(parse_nep6(to_json(large)).has_value());
  large.accounts.pop_back();
  EXPECT_TRUE(parse_nep6(to_json(large)).has_value());
  EXPECT_EQ(parse_nep6(std::string(limits::kNeoWalletBytesMax + 1, ' ')).error().code(),
            Code::limit_exceeded);
}

}  // namespace
}  // namespace nsl::neo
