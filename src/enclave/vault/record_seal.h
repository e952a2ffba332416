// How a record looks to the host: a name that says nothing and a blob that opens in one place only.
//
//   name = HMAC(name key, kind || account)[0..16] || HMAC(name key, kind || account || id)[0..16]
//   blob = format(1) || sensitivity(1) || epoch(4) || version(8) || committed AEAD of
//          (id length(2) || id || value), under account key(epoch)
//   associated data = the blob's first 14 bytes || name || kind || account
//
// The name stands for kind, account and id, the header for version, epoch and format: a blob that
// is swapped, renamed, aged or given to another account does not open. Numbers are big-endian; each
// text has its length in front. Records of one kind and account share the first half of their
// names, so the host can list them without knowing what they are.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/crypto/hash.h"
#include "core/crypto/hmac.h"
#include "enclave/keys/key_tree.h"
#include "enclave/vault/batch.h"

namespace nsl::enclave::vault {

using HiddenName = std::array<std::uint8_t, 32>;
inline constexpr std::size_t kNamePrefixBytes = 16;

// Code::limit_exceeded when a part is too long, Code::invalid_argument when kind or id is empty.
Result<void> check_key(const RecordKey& key);

class RecordSealer {
 public:
  RecordSealer(const keys::KeyTree& keys, Random& random);

  HiddenName name_of(const RecordKey& key) const;
  // The first half is the prefix all names of this kind and account have, the rest is zero.
  HiddenName prefix_of(std::string_view kind, std::string_view account) const;

  // Code::limit_exceeded when the sealed record is over limits::kRecordBytesMax.
  Result<Bytes> seal(const Batch::Put& put, const HiddenName& name, std::uint64_t version) const;

  struct Context {
    std::string_view kind;
    std::string_view account;
    const HiddenName& name;
    std::uint64_t version;
  };
  struct Opened {
    std::string id;
    Bytes value;
  };
  struct OpenedSecret {
    std::string id;
    SecretBytes value;
  };
  // Code::record_corrupt when the blob is not what was sealed under exactly this context, and when
  // a secret is opened as an ordinary record or the other way round;
  // Code::unsupported_version when a newer release sealed it.
  Result<Opened> open(const Context& context, ByteView blob) const;
  Result<OpenedSecret> open_secret(const Context& context, ByteView blob) const;

  // Entries of the audit chain: format(1) || epoch(4) || committed AEAD of (previous hash || entry)
  // bound to the sequence.
  struct AuditEntry {
    crypto::Digest32 previous;
    Bytes entry;
  };
  Bytes seal_audit(std::uint64_t sequence, const AuditEntry& entry) const;
  Result<AuditEntry> open_audit(std::uint64_t sequence, ByteView blob) const;

 private:
  const keys::KeyTree& keys_;
  Random& random_;
  // Copied for each name: the key is hashed once.
  crypto::HmacSha256 name_hmac_;
};

// hash(n) = SHA-256("nsl-audit-v1" || hash(n - 1) || n || entry); hash(0) is zero.
crypto::Digest32 audit_hash(std::uint64_t sequence, const RecordSealer::AuditEntry& entry);

}  // namespace nsl::enclave::vault
