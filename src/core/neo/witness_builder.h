// WitnessBuilder collects what an account's witness is made of: the signatures of its keys, from
// wherever they come and in any order, until there are enough.
//
// It accepts only signatures that verify, so a complete witness is a valid one. It trusts nothing:
// neither a partial witness somebody else sent nor the keys it names.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/key.h"
#include "core/neo/witness.h"

namespace nsl::neo {

class WitnessBuilder {
 public:
  // For an account of one key or of m of n. `message` is what is signed: signing_message() of the
  // transaction. Code::invalid_script for any other verification script.
  static Result<WitnessBuilder> make(Bytes verification_script, Bytes message);

  std::size_t threshold() const { return threshold_; }
  // In the order of the script.
  const std::vector<PublicKey>& keys() const { return keys_; }

  // Code::invalid_argument for a key that is not of the account, Code::invalid_signature for a
  // signature that does not verify. A second signature of a key changes nothing.
  Result<void> add(const PublicKey& key, const Signature& signature);
  // The signatures of a witness of the same script that is not complete yet, or has signatures by
  // other keys than ours.
  Result<void> add(const Witness& witness);

  // Those that verified, in the order of the keys. Valid as long as the builder is.
  const std::map<PublicKey, Signature>& signatures() const { return signatures_; }

  bool is_complete() const { return signatures_.size() >= threshold_; }
  // Keys that have not signed, in the order of the script; also when the witness is complete.
  std::vector<PublicKey> missing_keys() const;
  // The first signatures in the order of the script, as many as there are up to the threshold. The
  // verification script is there in any case.
  Witness witness() const;

 private:
  WitnessBuilder(Bytes script, Bytes message, std::size_t threshold, std::vector<PublicKey> keys)
      : script_(std::move(script)),
        message_(std::move(message)),
        threshold_(threshold),
        keys_(std::move(keys)) {}

  Bytes script_;
  Bytes message_;
  std::size_t threshold_;
  std::vector<PublicKey> keys_;
  std::map<PublicKey, Signature> signatures_;
};

}  // namespace nsl::neo
