#include "enclave/chain_access/proof.h"

#include "enclave/light_client/proofs.h"

namespace nsl::enclave::chain_access {

std::string to_text(const Proof& proof) {
  switch (proof.kind) {
    case Proof::Kind::quorum:
      return chain::to_text(proof.agreement);
    case Proof::Kind::inclusion:
      return light_client::kInclusionProof;
    case Proof::Kind::storage:
      return light_client::kStorageProof;
  }
  return {};
}

void put_proof(const Proof& proof, nsl::v1::ChainProof& message) {
  switch (proof.kind) {
    case Proof::Kind::quorum:
      message.set_kind(nsl::v1::ChainProof::QUORUM);
      message.set_agreeing(static_cast<std::uint32_t>(proof.agreement.agreeing));
      message.set_asked(static_cast<std::uint32_t>(proof.agreement.asked));
      message.set_reason(proof.reason);
      return;
    case Proof::Kind::inclusion:
      message.set_kind(nsl::v1::ChainProof::INCLUSION);
      return;
    case Proof::Kind::storage:
      message.set_kind(nsl::v1::ChainProof::STORAGE);
      return;
  }
}

}  // namespace nsl::enclave::chain_access
