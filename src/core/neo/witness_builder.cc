#include "core/neo/witness_builder.h"

#include <algorithm>

#include "core/neo/contract.h"

namespace nsl::neo {

Result<WitnessBuilder> WitnessBuilder::make(Bytes verification_script, Bytes message) {
  if (const auto key = parse_signature_script(verification_script); key.has_value()) {
    return WitnessBuilder(std::move(verification_script), std::move(message), 1, {*key});
  }
  auto multisig = parse_multisig_script(verification_script);
  if (!multisig.has_value()) {
    return fail(Code::invalid_script, "Only accounts of keys have signatures to collect");
  }
  return WitnessBuilder(std::move(verification_script), std::move(message), multisig->threshold,
                        std::move(multisig->keys));
}

Result<void> WitnessBuilder::add(const PublicKey& key, const Signature& signature) {
  if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) {
    return fail(Code::invalid_argument, "The key is not of this account");
  }
  if (!crypto::p256_verify(key, message_, signature)) return fail(Code::invalid_signature);
  signatures_.emplace(key, signature);
  return {};
}

Result<void> WitnessBuilder::add(const Witness& witness) {
  if (!witness.verification.empty() && witness.verification != script_) {
    return fail(Code::invalid_argument, "The witness is of another account");
  }
  const auto signatures = pushed_signatures(witness.invocation);
  if (!signatures.has_value() || signatures->size() > threshold_) {
    return fail(Code::invalid_signature, "The invocation script is not a list of signatures");
  }
  for (const Signature& signature : *signatures) {
    const auto signer =
        std::find_if(keys_.begin(), keys_.end(), [this, &signature](const PublicKey& key) {
          return crypto::p256_verify(key, message_, signature);
        });
    if (signer == keys_.end()) return fail(Code::invalid_signature);
    signatures_.emplace(*signer, signature);
  }
  return {};
}

std::vector<PublicKey> WitnessBuilder::missing_keys() const {
  std::vector<PublicKey> missing;
  for (const PublicKey& key : keys_) {
    if (!signatures_.contains(key)) missing.push_back(key);
  }
  return missing;
}

Witness WitnessBuilder::witness() const {
  std::vector<Signature> chosen;
  for (const PublicKey& key : keys_) {
    const auto found = signatures_.find(key);
    if (found != signatures_.end() && chosen.size() < threshold_) chosen.push_back(found->second);
  }
  return Witness{make_invocation_script(chosen), script_};
}

}  // namespace nsl::neo
