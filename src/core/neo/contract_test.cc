#include "core/neo/contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "core/neo/address.h"
#include "core/neo/interop.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

PublicKey numbered(int number) { return numbered_key(number).public_key(); }

PublicKey key_of(std::string_view text) { return parse_public_key_text(text).value(); }

// The four consensus nodes of neo-go's private network: .docker/wallets.
std::vector<PublicKey> private_network_keys() {
  return {key_of("02b3622bf4017bdfe317c58aed5f4c753f206b7db896046fa7d774bbc4bf7f8dc2"),
          key_of("02103a7f7dd016558597f7960d27c516a4394fd968b9e65155eb4b013e4040406e"),
          key_of("03d90c07df63e690ce77912e10ab51acc944b66860237b608c4f8f8309e71ee699"),
          key_of("02a7bc55fe8684e0119768d104ba30795bdcc86619e864add26156723ed185cd62")};
}

TEST(Contract, SystemCallNumbersAreTheHashesOfTheirNames) {
  EXPECT_EQ(codec::encode_hex(interop_id(kSystemContractCall)), "627d5b52");
  EXPECT_EQ(codec::encode_hex(interop_id(kSystemCryptoCheckSig)), "56e7b327");
  EXPECT_EQ(codec::encode_hex(interop_id(kSystemCryptoCheckMultisig)), "9ed0dc3a");
  EXPECT_EQ(codec::encode_hex(interop_id(kSystemIteratorNext)), "9c08ed9c");
  EXPECT_EQ(codec::encode_hex(interop_id(kSystemIteratorValue)), "f354bf1d");
}

TEST(Contract, WritesTheSignatureScript) {
  const PublicKey key = numbered(0);
  const Bytes script = make_signature_script(key);
  EXPECT_EQ(codec::encode_hex(script), "0c21" + to_text(key) + "4156e7b327");
  EXPECT_EQ(parse_signature_script(script), key);
  EXPECT_FALSE(parse_multisig_script(script).has_value());
}

TEST(Contract, MultisigAddressesOfThePrivateNetworkMatch) {
  std::vector<PublicKey> keys = private_network_keys();
  const Bytes one = make_multisig_script(1, {keys[0]}).value();
  EXPECT_EQ(to_address(hash160_of(one)), "NfgHwwTi3wHAS8aFAN243C5vGbkYDpqLHP");
  EXPECT_EQ(byzantine_threshold(4), 3U);
  const Bytes three = make_multisig_script(byzantine_threshold(4), keys).value();
  EXPECT_EQ(to_address(hash160_of(three)), "NVTiAjNgagDkTr5HTzDmQP9kPwPHN5BgVq");
}

TEST(Contract, MultisigAddressDoesNotDependOnTheOrderOfKeys) {
  std::vector<PublicKey> keys = {numbered(0), numbered(1), numbered(2)};
  std::sort(keys.begin(), keys.end());
  do {
    const Bytes script = make_multisig_script(2, keys).value();
    EXPECT_EQ(to_address(hash160_of(script)), "NPV7JBNNbJLrerann65k43EwiULfvaVyWf");
  } while (std::next_permutation(keys.begin(), keys.end()));
}

TEST(Contract, MultisigKeysAreSortedByPointNotByText) {
  // By text the key with prefix 03 would come last; its x lies between those of the others.
  const PublicKey first = key_of(kKeyVectors[0].public_key);
  const PublicKey second = key_of(kKeyVectors[1].public_key);
  const PublicKey third = key_of(kKeyVectors[2].public_key);
  ASSERT_GT(to_text(second), to_text(third));
  const auto parsed =
      parse_multisig_script(make_multisig_script(1, {third, second, first}).value());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->keys, (std::vector<PublicKey>{first, second, third}));
}

TEST(Contract, ReadsTheMultisigScriptsItWrites) {
  std::vector<PublicKey> keys;
  for (int count = 1; count <= 20; ++count) {
    keys.push_back(numbered(count));
    for (std::size_t threshold = 1; threshold <= keys.size(); ++threshold) {
      const auto parsed = parse_multisig_script(make_multisig_script(threshold, keys).value());
      ASSERT_TRUE(parsed.has_value()) << threshold << " of " << count;
      EXPECT_EQ(parsed->threshold, threshold);
      EXPECT_EQ(parsed->keys.size(), keys.size());
      EXPECT_TRUE(std::is_sorted(parsed->keys.begin(), parsed->keys.end()));
    }
  }
}

TEST(Contract, ThresholdsFollowTheNumberOfKeys) {
  const std::size_t counts[] = {1, 4, 7, 21};
  const std::size_t byzantine[] = {1, 3, 5, 15};
  const std::size_t majority[] = {1, 3, 4, 11};
  for (std::size_t i = 0; i < std::size(counts); ++i) {
    EXPECT_EQ(byzantine_threshold(counts[i]), byzantine[i]);
    EXPECT_EQ(majority_threshold(counts[i]), majority[i]);
  }
}

TEST(Contract, RefusesImpossibleThresholdsAndRepeatedKeys) {
  EXPECT_FALSE(make_multisig_script(0, {numbered(0)}).has_value());
  EXPECT_FALSE(make_multisig_script(2, {numbered(0)}).has_value());
  EXPECT_FALSE(make_multisig_script(1, {}).has_value());
  EXPECT_FALSE(make_multisig_script(1, {numbered(0), numbered(0)}).has_value());
}

TEST(Contract, RefusesScriptsThatOnlyResembleMultisig) {
  const Bytes good = make_multisig_script(2, {numbered(0), numbered(1)}).value();
  ASSERT_TRUE(parse_multisig_script(good).has_value());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_multisig_script(ByteView(good).first(size)).has_value()) << size;
  }
  Bytes longer = good;
  longer.push_back(0x40);
  EXPECT_FALSE(parse_multisig_script(longer).has_value()) << "RET at the end";
  Bytes more_needed = good;
  more_needed[0] = 0x13;
  EXPECT_FALSE(parse_multisig_script(more_needed).has_value()) << "3 of 2";
  Bytes none_needed = good;
  none_needed[0] = 0x10;
  EXPECT_FALSE(parse_multisig_script(none_needed).has_value()) << "0 of 2";
  Bytes off_curve = good;
  off_curve[3] = 0x05;
  EXPECT_FALSE(parse_multisig_script(off_curve).has_value());
}

TEST(Contract, NativeHashesFollowTheFormula) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"ContractManagement", "0xfffdc93764dbaddd97c48f252a53ea4643faa3fd"},
      {"StdLib", "0xacce6fd80d44e1796aa0c2c625e9e4e0ce39efc0"},
      {"CryptoLib", "0x726cb6e0cd8628a1350a611384688911ab75f51b"},
      {"LedgerContract", "0xda65b600f7124ce6c79950c1772a36403104f2be"},
      {"NeoToken", "0xef4073a0f2b305a38ec4050e4d3d28bc40ea63f5"},
      {"GasToken", "0xd2a4cff31913016155e38e474a2c06d08be276cf"},
      {"PolicyContract", "0xcc5e4edd9f5f8dba8bb65734541df7a1c081c67b"},
      {"RoleManagement", "0x49cf4e5378ffcd4dec034fd98a174c5491e395e2"},
      {"OracleContract", "0xfe924b7cfe89ddd271abaf7210a80a7e11178758"},
      {"Notary", "0xc1e14f19c3e60d0b9244d06dd7ba9b113135ec3b"},
      {"Treasury", "0x156326f25b1b5d839a4d326aeaa75383c9563ac1"}};
  for (const auto& [name, hash] : rows) EXPECT_EQ(native_contract_hash(name).to_text(), hash);
}

TEST(Contract, DeployedHashFollowsSenderChecksumAndName) {
  // contracts/requesthub, deployed by this account on a private network of neo-go 0.122.
  const UInt160 sender = parse_address("NfgHwwTi3wHAS8aFAN243C5vGbkYDpqLHP").value();
  EXPECT_EQ(contract_hash(sender, 0x956d46d0, "NeoServiceRequestHub").to_text(),
            "0x5d643270fe323e8bd0e0da7362fa6313158aec8a");
}

}  // namespace
}  // namespace nsl::neo
