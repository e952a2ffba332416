// nsl.v1.AttestationService over the Attester. Call is the server's context of one request; nothing
// in it matters here, because evidence is for everybody.
#pragma once

#include "enclave/attest/attester.h"
#include "nsl/v1/attestation.service.h"

namespace nsl::enclave::attest {

template <class Call>
class AttestationService final : public nsl::v1::AttestationServiceInterface<Call> {
 public:
  explicit AttestationService(Attester& attester) : attester_(attester) {}

  Result<nsl::v1::Attestation> get(const Call& /*call*/,
                                   const nsl::v1::GetAttestationRequest& request) override {
    return attester_.get(request.nonce());
  }
  Result<nsl::v1::Measurements> get_measurements(
      const Call& /*call*/, const nsl::v1::GetMeasurementsRequest& /*request*/) override {
    return attester_.measurements();
  }

 private:
  Attester& attester_;
};

}  // namespace nsl::enclave::attest
