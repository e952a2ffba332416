// The end-to-end seal (docs/wire.md): a request that only the attested enclave opens, and a reply
// that only its sender opens. HPKE (RFC 9180) base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
// AES-256-GCM.
//
// What the seal binds besides the content: the operation, the account, the request id and the
// attestation binding. A host that changes one of them, or relays the request to another enclave,
// another boot or another operation, gets Code::seal_invalid. The same request opens as often as it
// is sent: replay is refused by who serves it (enclave/session), by request id and time.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/crypto/hash.h"
#include "core/crypto/p256.h"
#include "nsl/v1/sealed.pb.h"

namespace nsl::seal {

// Content type of a sealed request and of its reply.
inline constexpr std::string_view kContentType = "application/nsl-sealed";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kKeyIdBytes = 8;

// What stands in clear beside the ciphertext and is bound by it.
struct Envelope {
  // "nsl.v1.SecretService/Put"
  std::string operation;
  // Empty before sign-in.
  std::string account;
  // "req_" and a ULID, single use.
  std::string request_id;
};

// The attested key and the SHA-256 of the attestation binding that names it.
struct Recipient {
  crypto::P256PublicKey sealing_key;
  crypto::Digest32 binding_digest;
};

// First bytes of SHA-256 over the uncompressed sealing key.
std::array<std::uint8_t, kKeyIdBytes> key_id(const crypto::P256PublicKey& sealing_key);

// The key of one reply and the request it answers. ReplySealer is the enclave's end, ReplyOpener
// the client's.
class ReplySealer {
 public:
  ReplySealer(Secret<32> key, std::string request_id)
      : key_(std::move(key)), request_id_(std::move(request_id)) {}
  // A serialised SealedReply.
  std::string seal(const v1::SealedReplyContent& content, Random& random) const;

 private:
  Secret<32> key_;
  std::string request_id_;
};

class ReplyOpener {
 public:
  ReplyOpener(Secret<32> key, std::string request_id)
      : key_(std::move(key)), request_id_(std::move(request_id)) {}
  // Code::seal_invalid unless these bytes are the reply to this request.
  Result<v1::SealedReplyContent> open(ByteView reply) const;

 private:
  Secret<32> key_;
  std::string request_id_;
};

struct SealedCall {
  // A serialised SealedRequest.
  std::string request;
  ReplyOpener reply_opener;
};

Result<SealedCall> seal_request(const Recipient& recipient, const Envelope& envelope,
                                const v1::SealedContent& content, Random& random);

struct OpenedRequest {
  Envelope envelope;
  v1::SealedContent content;
  ReplySealer reply_sealer;
};

// Code::seal_stale when the request is sealed to another key, Code::unsupported_version for another
// format, Code::seal_invalid when anything else is not as it was sealed.
Result<OpenedRequest> open_request(const crypto::P256PrivateKey& sealing_key,
                                   const crypto::Digest32& binding_digest, ByteView request);

}  // namespace nsl::seal
