// Documents of the security module that put this enclave's name to its live keys.
//
// The binding is made once per boot: boot id, sealing key, receipt key, the state this boot began
// with, and the release. Every document of the boot carries the same one, so a request sealed under
// any of them opens, and a document fetched for a receipt fits every receipt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/attestation/attestation.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/result.h"
#include "enclave/attest/security_module.h"
#include "enclave/keys/live_keys.h"
#include "enclave/keys/unlocker.h"
#include "nsl/v1/attestation.pb.h"

namespace nsl::enclave::attest {

// What a receipt carries.
struct Evidence {
  Bytes document;
  Bytes binding;
};

class Attester {
 public:
  struct Parts {
    SecurityModule& module;
    const keys::LiveKeys& keys;
    const Clock& clock;
    keys::StateHead state;
    std::string version;
  };
  explicit Attester(const Parts& parts);

  // A new document with this nonce (hex, at most limits::kAttestationNonceBytesMax bytes); with an
  // empty one, a document at most limits::kAttestationCacheMs old.
  Result<v1::Attestation> get(std::string_view nonce_hex);
  // Read from the module once: registers of a running enclave do not change.
  Result<v1::Measurements> measurements() NSL_EXCLUDES(mutex_);
  Result<Evidence> evidence();

  attestation::Mode mode() const { return parts_.module.mode(); }
  const Bytes& binding() const { return binding_; }
  // SHA-256 of the binding: what sealed requests are bound to.
  const crypto::Digest32& binding_digest() const { return binding_digest_; }

 private:
  struct Cached {
    Bytes document;
    MonotonicTime made;
  };

  Result<Bytes> attest(std::optional<Bytes> nonce);
  Result<Bytes> cached_document() NSL_EXCLUDES(mutex_);

  const Parts parts_;
  const Bytes binding_;
  const crypto::Digest32 binding_digest_;
  const crypto::Digest48 user_data_;

  Mutex mutex_;
  std::optional<Cached> cached_ NSL_GUARDED_BY(mutex_);
  std::optional<v1::Measurements> measurements_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::attest
