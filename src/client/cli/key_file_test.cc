#include "client/cli/key_file.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/neo/address.h"
#include "core/neo/nep2.h"

namespace nsl::client::cli {
namespace {

constexpr crypto::ScryptCost kFastCost{2, 1, 1};

class Typist final : public Terminal {
 public:
  Result<std::string> read_input(std::size_t) override { return std::string(); }
  Result<std::optional<std::string>> read_line(std::size_t) override { return std::nullopt; }
  Result<std::string> ask_hidden(std::string_view) override {
    ++asked;
    return passphrase;
  }
  bool answers_are_seen() const override { return false; }

  std::string passphrase = "right";
  int asked = 0;
};

class KeyFile : public testing::Test {
 protected:
  SeededRandom random_{3};
  neo::PrivateKey key_ = neo::PrivateKey::generate(random_);
  neo::PrivateKey other_ = neo::PrivateKey::generate(random_);
  Typist typist_;

  static std::string address(const neo::PrivateKey& key) {
    return neo::to_address(key.public_key());
  }
  static std::string account(const neo::PrivateKey& key, const std::string& more) {
    const std::string nep2 = neo::seal_nep2(key, as_bytes("right"), kFastCost).value();
    return R"({"address":")" + address(key) + R"(","key":")" + nep2 + "\"" + more + "}";
  }
  static std::string wallet(const std::string& accounts) {
    return R"({"name":null,"version":"1.0","scrypt":{"n":2,"r":1,"p":1},"accounts":[)" + accounts +
           "]}";
  }
  void expect_key(const std::string& text, const neo::PrivateKey& key,
                  const std::string& wanted = {}) {
    const auto read = read_neo_key(typist_, text, wanted);
    ASSERT_TRUE(read.has_value()) << read.error().message();
    EXPECT_EQ(read->public_key(), key.public_key());
  }
  Code refusal(const std::string& text, const std::string& wanted = {}) {
    const auto read = read_neo_key(typist_, text, wanted);
    EXPECT_FALSE(read.has_value());
    return read.has_value() ? Code::internal : read.error().code();
  }
};

TEST_F(KeyFile, HoldsAWif) {
  expect_key(to_string(neo::to_wif(key_).reveal()) + "\r\n", key_);
  EXPECT_EQ(typist_.asked, 0);
}

TEST_F(KeyFile, HoldsANep2KeyAndAsksForThePassphrase) {
  const std::string nep2 = neo::seal_nep2(key_, as_bytes("right")).value();
  expect_key(nep2 + "\n", key_);
  EXPECT_EQ(typist_.asked, 1);
  typist_.passphrase = "wrong";
  EXPECT_EQ(refusal(nep2), Code::wrong_passphrase);
}

TEST_F(KeyFile, HoldsAWalletWithOneAccount) { expect_key(wallet(account(key_, "")), key_); }

TEST_F(KeyFile, TakesTheDefaultAccountOrTheOneAskedFor) {
  const std::string both =
      wallet(account(key_, "") + "," + account(other_, R"(,"isDefault":true)"));
  expect_key(both, other_);
  expect_key(both, key_, address(key_));
  EXPECT_EQ(refusal(both, "Nbogus"), Code::cli_usage);
  EXPECT_EQ(refusal(wallet(account(key_, "") + "," + account(other_, ""))), Code::cli_usage);
}

TEST_F(KeyFile, RefusesAWalletWhoseKeyIsNotItsAddress) {
  std::string swapped = wallet(account(key_, ""));
  swapped.replace(swapped.find(address(key_)), 34, address(other_));
  EXPECT_EQ(refusal(swapped), Code::invalid_nep6);
}

TEST_F(KeyFile, RefusesBrokenWallets) {
  const std::string address_only = R"({"address":")" + address(key_) + R"(","key":null})";
  for (const std::string& text :
       {std::string("{"), std::string("{}"), std::string(R"({"scrypt":{"n":2,"r":1,"p":1}})"),
        std::string(R"({"accounts":[]})"), wallet("1"), wallet("{}"), wallet(address_only)}) {
    EXPECT_EQ(refusal(text), Code::invalid_nep6) << text;
  }
  EXPECT_EQ(refusal(""), Code::invalid_wif);
  EXPECT_EQ(refusal("neither"), Code::invalid_wif);
}

}  // namespace
}  // namespace nsl::client::cli
