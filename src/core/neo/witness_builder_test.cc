#include "core/neo/witness_builder.h"

#include <gtest/gtest.h>

#include "core/neo/contract.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

constexpr std::string_view kMessage = "what the account signs";

std::vector<PublicKey> four_keys() {
  std::vector<PublicKey> keys;
  for (int i = 0; i < 4; ++i) keys.push_back(numbered_key(i).public_key());
  return keys;
}

Bytes script_of_three() { return make_multisig_script(3, four_keys()).value(); }

WitnessBuilder builder_of(const Bytes& script) {
  return WitnessBuilder::make(script, to_bytes(kMessage)).value();
}

Signature signature_of(int number) {
  return crypto::p256_sign(numbered_key(number), as_bytes(kMessage));
}

Result<void> add(WitnessBuilder& builder, int number) {
  return builder.add(numbered_key(number).public_key(), signature_of(number));
}

TEST(WitnessBuilder, OneSignatureCompletesASingleAccount) {
  const Bytes script = make_signature_script(numbered_key(0).public_key());
  WitnessBuilder builder = builder_of(script);
  EXPECT_FALSE(builder.is_complete());
  EXPECT_EQ(builder.missing_keys().size(), 1U);
  EXPECT_TRUE(add(builder, 0).has_value());
  EXPECT_TRUE(builder.is_complete());
  EXPECT_EQ(builder.witness(), make_witness(numbered_key(0).public_key(), signature_of(0)));
}

TEST(WitnessBuilder, CollectsSignaturesInAnyOrder) {
  const Bytes script = script_of_three();
  const UInt160 account = hash160_of(script);
  int order[] = {0, 1, 2, 3};
  do {
    WitnessBuilder builder = builder_of(script);
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(builder.is_complete());
      EXPECT_TRUE(add(builder, order[i]).has_value());
    }
    ASSERT_TRUE(builder.is_complete());
    EXPECT_EQ(builder.missing_keys(), std::vector<PublicKey>{numbered_key(order[3]).public_key()});
    EXPECT_TRUE(verify_witness(builder.witness(), account, as_bytes(kMessage)).has_value());
  } while (std::next_permutation(std::begin(order), std::end(order)));
}

TEST(WitnessBuilder, MergesWitnessesOfSeveralSigners) {
  const Bytes script = script_of_three();
  WitnessBuilder first = builder_of(script);
  ASSERT_TRUE(add(first, 3).has_value());
  WitnessBuilder second = builder_of(script);
  ASSERT_TRUE(add(second, 0).has_value());
  ASSERT_TRUE(add(second, 3).has_value());
  WitnessBuilder all = builder_of(script);
  EXPECT_TRUE(all.add(first.witness()).has_value());
  EXPECT_TRUE(all.add(second.witness()).has_value());
  EXPECT_FALSE(all.is_complete());
  EXPECT_TRUE(all.add(Witness{}).has_value());
  EXPECT_TRUE(add(all, 1).has_value());
  EXPECT_TRUE(all.is_complete());
  EXPECT_EQ(all.threshold(), 3U);
  EXPECT_EQ(all.keys().size(), 4U);
}

TEST(WitnessBuilder, MoreSignaturesThanNeededAreLeftOut) {
  WitnessBuilder builder = builder_of(script_of_three());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(add(builder, i).has_value());
  ASSERT_TRUE(add(builder, 0).has_value());
  EXPECT_TRUE(builder.missing_keys().empty());
  EXPECT_EQ(pushed_signatures(builder.witness().invocation)->size(), 3U);
}

TEST(WitnessBuilder, RefusesWhatIsNotTheAccounts) {
  WitnessBuilder builder = builder_of(script_of_three());
  EXPECT_EQ(add(builder, 4).error().code(), Code::invalid_argument);
  EXPECT_EQ(builder.add(numbered_key(0).public_key(), signature_of(1)).error().code(),
            Code::invalid_signature);
  const Witness foreign = make_witness(numbered_key(0).public_key(), signature_of(0));
  EXPECT_EQ(builder.add(foreign).error().code(), Code::invalid_argument);
  const auto refused = [&builder](std::vector<Signature> signatures) {
    const Witness witness{make_invocation_script(signatures), {}};
    return !builder.add(witness).has_value();
  };
  EXPECT_TRUE(refused({signature_of(4)}));
  EXPECT_TRUE(refused({signature_of(0), signature_of(1), signature_of(2), signature_of(3)}));
  EXPECT_FALSE(builder.add(Witness{from_hex("11"), {}}).has_value());
  EXPECT_FALSE(builder.add(Witness{from_hex("0c"), {}}).has_value());
  EXPECT_EQ(WitnessBuilder::make(from_hex("11"), {}).error().code(), Code::invalid_script);
}

}  // namespace
}  // namespace nsl::neo
