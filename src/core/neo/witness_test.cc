#include "core/neo/witness.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/neo/contract.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

const Bytes kMessage = {1, 2, 3};

KeySignature signature_of(int number) {
  const PrivateKey key = numbered_key(number);
  return {key.public_key(), crypto::p256_sign(key, kMessage)};
}

Bytes two_of_three() {
  return make_multisig_script(2, {numbered_key(0).public_key(), numbered_key(1).public_key(),
                                  numbered_key(2).public_key()})
      .value();
}

TEST(Witness, SingleKeyVerifies) {
  const KeySignature signed_by = signature_of(0);
  const Witness witness = make_witness(signed_by.key, signed_by.signature);
  EXPECT_EQ(witness.invocation.size(), 66U);
  EXPECT_EQ(witness.verification.size(), 40U);
  EXPECT_TRUE(verify_witness(witness, account_of(signed_by.key), kMessage).has_value());
  EXPECT_FALSE(verify_witness(witness, account_of(signed_by.key), Bytes{1}).has_value());
  EXPECT_FALSE(verify_witness(witness, UInt160(), kMessage).has_value());
}

TEST(Witness, MultisigVerifiesWhateverTheOrderOfSigning) {
  const Bytes script = two_of_three();
  for (const auto& [first, second] : {std::pair{0, 1}, {1, 0}, {0, 2}, {2, 0}, {1, 2}, {2, 1}}) {
    const KeySignature signatures[] = {signature_of(first), signature_of(second)};
    const Witness witness = make_multisig_witness(script, signatures).value();
    EXPECT_TRUE(verify_witness(witness, hash160_of(script), kMessage).has_value());
  }
}

TEST(Witness, MultisigRefusesSwappedSignatures) {
  const Bytes script = two_of_three();
  const KeySignature signatures[] = {signature_of(0), signature_of(1)};
  Witness witness = make_multisig_witness(script, signatures).value();
  std::swap_ranges(witness.invocation.begin(), witness.invocation.begin() + 66,
                   witness.invocation.begin() + 66);
  EXPECT_FALSE(verify_witness(witness, hash160_of(script), kMessage).has_value());
}

TEST(Witness, MultisigRefusesTheSameSignatureTwice) {
  const Bytes script = two_of_three();
  const KeySignature signatures[] = {signature_of(0), signature_of(1)};
  Witness witness = make_multisig_witness(script, signatures).value();
  std::copy_n(witness.invocation.begin(), 66, witness.invocation.begin() + 66);
  EXPECT_FALSE(verify_witness(witness, hash160_of(script), kMessage).has_value());
}

TEST(Witness, MultisigNeedsExactlyTheThreshold) {
  const Bytes script = two_of_three();
  const KeySignature signatures[] = {signature_of(0), signature_of(1), signature_of(2)};
  EXPECT_FALSE(make_multisig_witness(script, std::span(signatures, 1)).has_value());
  EXPECT_FALSE(make_multisig_witness(script, signatures).has_value());
  Witness witness = make_multisig_witness(script, std::span(signatures, 2)).value();
  Witness fewer = witness;
  fewer.invocation.resize(66);
  EXPECT_FALSE(verify_witness(fewer, hash160_of(script), kMessage).has_value());
  append(witness.invocation, fewer.invocation);
  EXPECT_FALSE(verify_witness(witness, hash160_of(script), kMessage).has_value());
}

TEST(Witness, MultisigRefusesForeignAndRepeatedKeys) {
  const Bytes script = two_of_three();
  const KeySignature foreign[] = {signature_of(0), signature_of(3)};
  EXPECT_FALSE(make_multisig_witness(script, foreign).has_value());
  const KeySignature repeated[] = {signature_of(0), signature_of(0)};
  EXPECT_FALSE(make_multisig_witness(script, repeated).has_value());
  EXPECT_FALSE(make_multisig_witness(Bytes{0x40}, foreign).has_value());
}

TEST(Witness, RefusesInvocationsThatDoMoreThanPushSignatures) {
  const KeySignature signed_by = signature_of(0);
  const Witness good = make_witness(signed_by.key, signed_by.signature);
  for (const Bytes& extra : {Bytes{0x21}, Bytes{0x11}, Bytes{0x0c}, Bytes{0xff}}) {
    Witness witness = good;
    append(witness.invocation, extra);
    EXPECT_FALSE(verify_witness(witness, account_of(signed_by.key), kMessage).has_value());
  }
  const Witness contract;
  EXPECT_FALSE(verify_witness(contract, hash160_of({}), kMessage).has_value());
}

TEST(Witness, RefusesScriptsAbove1024Bytes) {
  EXPECT_TRUE(check_witness_size({Bytes(1024), Bytes(1024)}).has_value());
  EXPECT_FALSE(check_witness_size({Bytes(1025), {}}).has_value());
  EXPECT_FALSE(check_witness_size({{}, Bytes(1025)}).has_value());
}

// The same answers in any order as a verifier for each witness would give.
TEST(Witness, AVerifierOfManyTellsAccountsApart) {
  const KeySignature one = signature_of(0);
  const KeySignature pair[] = {signature_of(0), signature_of(1)};
  const Witness single = make_witness(one.key, one.signature);
  const Witness multiple = make_multisig_witness(two_of_three(), pair).value();
  const UInt160 accounts[] = {account_of(one.key), hash160_of(two_of_three())};
  Witness other = single;
  other.verification = {1, 2, 3};
  Witness forged = multiple;
  forged.invocation.back() ^= 1;
  WitnessVerifier verifier;
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(verifier.verify(single, accounts[0], kMessage).has_value());
    EXPECT_FALSE(verifier.verify(other, hash160_of(other.verification), kMessage).has_value());
    EXPECT_FALSE(verifier.verify(single, accounts[1], kMessage).has_value());
    EXPECT_FALSE(verifier.verify(forged, accounts[1], kMessage).has_value());
    EXPECT_TRUE(verifier.verify(multiple, accounts[1], kMessage).has_value());
    EXPECT_FALSE(verifier.verify(multiple, accounts[0], kMessage).has_value());
  }
}

}  // namespace
}  // namespace nsl::neo
