// Certificate chains of the Nitro attestation PKI: P-384 keys and ecdsa-with-SHA384 throughout, a
// root the caller pins, and a leaf that may only sign.
//
// OpenSSL builds and checks the chain at an explicit time (its strict mode refuses real documents:
// their leaf has no authority key identifier). On top of it, every certificate must be canonical
// DER, every one given must be part of the chain, issuers must say they are authorities and may
// sign certificates, and the leaf must not be one.
#pragma once

#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/crypto/p384.h"

namespace nsl::crypto {

struct CertificateChain {
  ByteView leaf;
  // Between leaf and root, in any order; all of them are needed.
  std::vector<ByteView> intermediates;
  // TRUST: the only anchor. The caller compares it with its pinned bytes or digest first.
  ByteView root;
};

// The leaf's key. Code::invalid_certificate names nothing more in public; the detail says what
// failed.
Result<P384PublicKey> verify_certificate_chain(const CertificateChain& chain, WallTime at);

}  // namespace nsl::crypto
