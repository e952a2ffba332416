// A security module for tests: a development root, an intermediate authority and a leaf, and
// documents of the real form signed by the leaf. Tests change any field before it is signed.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "core/attestation/attestation.h"
#include "core/base/random.h"
#include "core/crypto/p384_sign.h"

namespace nsl::attestation {

class SoftwareModule {
 public:
  // Encoded CBOR key and value of each entry of the payload's map.
  using Fields = std::vector<std::pair<Bytes, Bytes>>;

  struct Content {
    WallTime timestamp;
    Registers registers;
    std::optional<Bytes> public_key;
    std::optional<Bytes> user_data;
    std::optional<Bytes> nonce;
  };

  // Certificates are valid from an hour before `now` to three hours after.
  SoftwareModule(Random& random, WallTime now);

  TrustAnchor anchor() const { return {root_der_, Mode::development}; }
  const Bytes& root_der() const { return root_der_; }
  // Root and intermediate; tests may change it before making fields.
  std::vector<Bytes>& cabundle() { return cabundle_; }
  Bytes& leaf_der() { return leaf_der_; }

  Fields fields(const Content& content) const;
  // A whole document over these fields.
  Bytes sign(const Fields& fields) const;
  Bytes sign_payload(ByteView payload) const;
  // What an enclave answers: this binding, plausible registers.
  Bytes document(const Binding& binding, WallTime timestamp,
                 std::optional<Bytes> nonce = std::nullopt) const;

 private:
  crypto::P384PrivateKey root_;
  crypto::P384PrivateKey middle_;
  crypto::P384PrivateKey leaf_;
  Bytes root_der_;
  Bytes leaf_der_;
  std::vector<Bytes> cabundle_;
};

// PCR0 to PCR15 as an enclave with measurements has them.
Registers plausible_registers();
// Keys and state made from the random source.
struct BoundKeys {
  crypto::P256PrivateKey sealing;
  crypto::P256PrivateKey receipt;
  Binding binding;
};
BoundKeys make_bound_keys(Random& random);

// Encoded CBOR of one value, for changed fields.
Bytes cbor_text(std::string_view text);
Bytes cbor_bytes(ByteView bytes);
Bytes cbor_unsigned(std::uint64_t number);

}  // namespace nsl::attestation
