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

// Who signed last is only where the search begins.
TEST(Witness, AVerifierOfManyTakesEveryChoiceOfSigners) {
  const Bytes script = two_of_three();
  const UInt160 account = hash160_of(script);
  const auto signed_by = [&script](const std::pair<int, int>& signers) {
    const KeySignature signatures[] = {signature_of(signers.first), signature_of(signers.second)};
    return make_multisig_witness(script, signatures).value();
  };
  const std::pair<int, int> choices[] = {{0, 1}, {0, 2}, {1, 2}};
  for (const auto& before : choices) {
    for (const auto& after : choices) {
      WitnessVerifier verifier;
      EXPECT_TRUE(verifier.verify(signed_by(before), account, kMessage).has_value());
      Witness witness = signed_by(after);
      EXPECT_FALSE(verifier.verify(witness, account, Bytes{1}).has_value());
      EXPECT_TRUE(verifier.verify(witness, account, kMessage).has_value());
      std::swap_ranges(witness.invocation.begin(), witness.invocation.begin() + 66,
                       witness.invocation.begin() + 66);
      EXPECT_FALSE(verifier.verify(witness, account, kMessage).has_value());
      std::copy_n(witness.invocation.begin(), 66, witness.invocation.begin() + 66);
      EXPECT_FALSE(verifier.verify(witness, account, kMessage).has_value());
    }
  }
}

// Two keys fit every signature: of each of the two points with its r one can be found, without its
// private key. The twin here fits what key 4 signs over kMessage, and precedes it in the script.
TEST(Witness, AVerifierOfManyTakesASignatureThatFitsTwoKeys) {
  const Result<PublicKey> twin = parse_public_key(
      from_hex("03db85529aa58fa6c9e2b47741749b671cf0dd177bbd343e3b640a59aaf7d8e202"));
  ASSERT_TRUE(twin.has_value());
  const Bytes script =
      make_multisig_script(2, {*twin, numbered_key(4).public_key(), numbered_key(2).public_key()})
          .value();
  const UInt160 account = hash160_of(script);
  const Bytes other_message = {4};
  const Signature by_the_two[] = {crypto::p256_sign(numbered_key(4), other_message),
                                  crypto::p256_sign(numbered_key(2), other_message)};
  const Signature fits_two = crypto::p256_sign(numbered_key(4), kMessage);
  const Signature twice[] = {fits_two, fits_two};

  WitnessVerifier verifier;
  EXPECT_TRUE(verifier.verify({make_invocation_script(by_the_two), script}, account, other_message)
                  .has_value());
  EXPECT_TRUE(
      verifier.verify({make_invocation_script(twice), script}, account, kMessage).has_value());
}

}  // namespace
}  // namespace nsl::neo
