// A witness proves that an account agrees: a verification script whose hash is the account, and an
// invocation script that satisfies it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/codec/byte_io.h"
#include "core/neo/hash.h"
#include "core/neo/key.h"

namespace nsl::neo {

struct Witness {
  Bytes invocation;
  Bytes verification;

  friend bool operator==(const Witness&, const Witness&) = default;
};

// Both scripts are within limits::kNeoWitnessScriptBytesMax.
Result<void> check_witness_size(const Witness& witness);
void write_witness(codec::ByteWriter& writer, const Witness& witness);
Result<Witness> read_witness(codec::ByteReader& reader);

// An invocation script pushes signatures in the order of the keys.
Bytes make_invocation_script(std::span<const Signature> signatures);
// What it pushes; nothing when it does anything else.
std::optional<std::vector<Signature>> pushed_signatures(ByteView invocation_script);

// For a single key.
Witness make_witness(const PublicKey& key, const Signature& signature);

struct KeySignature {
  PublicKey key;
  Signature signature;
};
// For a script of make_multisig_script(): puts the signatures into the order of the keys. Fails
// when a key is foreign or repeats, or the number is not the threshold.
Result<Witness> make_multisig_witness(ByteView script, std::span<const KeySignature> signatures);

// Whether the witness is one of these two kinds, is for `account`, and every signature verifies
// over `message`. Contract accounts cannot be checked without a node and are refused.
Result<void> verify_witness(const Witness& witness, const UInt160& account, ByteView message);

// verify_witness() for many witnesses of few accounts, such as the headers of a chain: keeps the
// keys of the last script, because finding their points costs as much as part of a verification,
// and tries first the keys that signed last, which mostly sign again: five signatures of seven keys
// then cost five verifications, not up to seven.
class WitnessVerifier {
 public:
  Result<void> verify(const Witness& witness, const UInt160& account, ByteView message);

 private:
  Result<void> take_script(ByteView verification);
  // Positions of the keys, rising; nothing when a signature is of none of them. Tries the `likely`
  // ones first.
  std::optional<std::vector<std::size_t>> find_signers(const std::vector<Signature>& signatures,
                                                       ByteView message,
                                                       std::span<const std::size_t> likely) const;
  std::optional<std::size_t> find_key(const Signature& signature, ByteView message,
                                      std::span<const std::size_t> candidates) const;

  // Of the last script that was an account of keys.
  Bytes script_;
  std::size_t threshold_ = 0;
  std::vector<PublicKey> keys_;
  std::vector<std::size_t> last_signers_;
};

}  // namespace nsl::neo
