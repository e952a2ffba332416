// Issues P-384 certificates of the same shape as the Nitro attestation PKI's. For the development
// security module and tests only; kept apart so that production programs do not hold it.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/crypto/p384.h"
#include "core/crypto/p384_sign.h"

namespace nsl::crypto {

enum class CertificateRole : std::uint8_t {
  authority,  // CA:TRUE, keyCertSign and digitalSignature
  leaf,       // CA:FALSE, digitalSignature
};

struct CertificateFields {
  std::string_view common_name;
  std::string_view issuer_common_name;  // the same as common_name for a root
  P384PublicKey public_key;
  CertificateRole role;
  std::optional<int> path_length;  // authorities only
  WallTime not_before;             // whole seconds count
  WallTime not_after;
};

// The certificate in DER, signed by the issuer's key, with a random serial number.
// Code::invalid_certificate when a name or time cannot be written.
Result<Bytes> issue_certificate(const CertificateFields& fields, const P384PrivateKey& issuer,
                                Random& random);

}  // namespace nsl::crypto
