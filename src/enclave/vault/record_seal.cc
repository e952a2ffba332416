#include "enclave/vault/record_seal.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/crypto/committed_aead.h"
#include "enclave/keys/path.h"

namespace nsl::enclave::vault {
namespace {

using keys::append_number;
using keys::append_text;
using keys::read_number;

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kHeaderBytes = 1 + 1 + 4 + 8;
constexpr std::size_t kAuditHeaderBytes = 1 + 4;
constexpr std::string_view kRecordInfo = "nsl record 1";
constexpr std::string_view kAuditInfo = "nsl audit 1";

std::unexpected<Error> corrupt(std::string detail) {
  return fail(Code::record_corrupt, "A stored record does not open", std::move(detail));
}

// Format and epoch are read before anything is authenticated: they say which key to try. Both are
// part of the associated data, so a changed one fails to open.
struct Header {
  Batch::Sensitivity sensitivity;
  keys::Epoch epoch;
  std::uint64_t version;
};

Result<Header> parse_header(ByteView blob) {
  if (blob.size() < kHeaderBytes + crypto::kCommittedOverheadBytes) return corrupt("too short");
  if (blob[0] > kFormat) return fail(Code::unsupported_version);
  if (blob[0] != kFormat) return corrupt("format");
  if (blob[1] != 1 && blob[1] != 2) return corrupt("sensitivity");
  const auto epoch = static_cast<std::uint32_t>(read_number(blob.subspan(2, 4)));
  if (epoch == 0) return corrupt("epoch");
  return Header{.sensitivity = Batch::Sensitivity{blob[1]},
                .epoch = keys::Epoch(epoch),
                .version = read_number(blob.subspan(6, 8))};
}

Bytes associated_data(ByteView header, const RecordSealer::Context& context) {
  Bytes data = to_bytes(header);
  append(data, context.name);
  append_text(data, context.kind);
  append_text(data, context.account);
  return data;
}

// id length(2) || id; what follows is the value.
Bytes id_prefix(std::string_view id) {
  Bytes prefix;
  append_number(prefix, id.size(), 2);
  append(prefix, as_bytes(id));
  return prefix;
}

struct Split {
  std::string id;
  ByteView value;
};

Result<Split> split_plaintext(ByteView plaintext) {
  if (plaintext.size() < 2) return corrupt("no id");
  const std::size_t size = read_number(plaintext.first(2));
  if (plaintext.size() < 2 + size) return corrupt("id");
  return Split{.id = to_string(plaintext.subspan(2, size)), .value = plaintext.subspan(2 + size)};
}

// Everything but the opening itself, which differs in where the plaintext may lie.
struct Parts {
  Secret<32> key;
  Bytes associated_data;
  ByteView sealed;
};

Result<Parts> take_apart(const keys::KeyTree& keys, const RecordSealer::Context& context,
                         ByteView blob, Batch::Sensitivity expected) {
  NSL_TRY(const Header header, parse_header(blob));
  if (header.version != context.version) return corrupt("version");
  if (header.sensitivity != expected) return corrupt("sensitivity");
  return Parts{.key = keys.account_key(header.epoch, context.account),
               .associated_data = associated_data(blob.first(kHeaderBytes), context),
               .sealed = blob.subspan(kHeaderBytes)};
}

Bytes audit_context(std::uint64_t sequence, ByteView header) {
  Bytes data = to_bytes(header);
  append_number(data, sequence, 8);
  return data;
}

}  // namespace

Result<void> check_key(const RecordKey& key) {
  if (key.kind.empty() || key.id.empty()) {
    return fail(Code::invalid_argument, "A record needs a kind and an id");
  }
  for (const std::string* part : {&key.kind, &key.account, &key.id}) {
    if (part->size() > limits::kRecordKeyBytesMax) {
      return fail(Code::limit_exceeded, "A record's name is too long");
    }
  }
  return {};
}

RecordSealer::RecordSealer(const keys::KeyTree& keys, Random& random)
    : keys_(keys), random_(random), name_hmac_(keys.name_key().reveal()) {}

HiddenName RecordSealer::prefix_of(std::string_view kind, std::string_view account) const {
  Bytes text;
  append_text(text, kind);
  append_text(text, account);
  crypto::HmacSha256 hmac = name_hmac_;
  const crypto::Digest32 tag = hmac.update(text).finish();
  HiddenName prefix{};
  std::copy_n(tag.begin(), kNamePrefixBytes, prefix.begin());
  return prefix;
}

HiddenName RecordSealer::name_of(const RecordKey& key) const {
  Bytes text;
  append_text(text, key.kind);
  append_text(text, key.account);
  append_text(text, key.id);
  crypto::HmacSha256 hmac = name_hmac_;
  const crypto::Digest32 tag = hmac.update(text).finish();
  HiddenName name = prefix_of(key.kind, key.account);
  std::copy_n(tag.begin(), name.size() - kNamePrefixBytes, name.begin() + kNamePrefixBytes);
  return name;
}

Result<Bytes> RecordSealer::seal(const Batch::Put& put, const HiddenName& name,
                                 std::uint64_t version) const {
  const ByteView value = put.plaintext();
  const Bytes prefix = id_prefix(put.key.id);
  const std::size_t plaintext_bytes = prefix.size() + value.size();
  if (kHeaderBytes + plaintext_bytes + crypto::kCommittedOverheadBytes > limits::kRecordBytesMax) {
    return fail(Code::limit_exceeded, "A record is over the maximum size");
  }
  Bytes blob = {kFormat, static_cast<std::uint8_t>(put.sensitivity)};
  append_number(blob, keys_.epoch().value(), 4);
  append_number(blob, version, 8);
  const Bytes data = associated_data(
      blob, {.kind = put.key.kind, .account = put.key.account, .name = name, .version = version});
  const Secret<32> key = keys_.account_key(keys_.epoch(), put.key.account);
  const crypto::CommittedContext context{
      .key = key, .info = as_bytes(kRecordInfo), .associated_data = data};
  if (put.sensitivity == Batch::Sensitivity::secret) {
    SecretBytes plaintext(plaintext_bytes);
    std::ranges::copy(prefix, plaintext.reveal_mutable().begin());
    std::ranges::copy(value, plaintext.reveal_mutable().subspan(prefix.size()).begin());
    append(blob, crypto::seal_committed(context, plaintext.reveal(), random_));
  } else {
    Bytes plaintext = prefix;
    append(plaintext, value);
    append(blob, crypto::seal_committed(context, plaintext, random_));
  }
  return blob;
}

Result<RecordSealer::Opened> RecordSealer::open(const Context& context, ByteView blob) const {
  NSL_TRY(const Parts parts, take_apart(keys_, context, blob, Batch::Sensitivity::ordinary));
  auto plaintext = crypto::open_committed(
      {.key = parts.key, .info = as_bytes(kRecordInfo), .associated_data = parts.associated_data},
      parts.sealed);
  if (!plaintext.has_value()) return corrupt(std::string(code_name(plaintext.error().code())));
  NSL_TRY(Split split, split_plaintext(*plaintext));
  return Opened{.id = std::move(split.id), .value = to_bytes(split.value)};
}

Result<RecordSealer::OpenedSecret> RecordSealer::open_secret(const Context& context,
                                                             ByteView blob) const {
  NSL_TRY(const Parts parts, take_apart(keys_, context, blob, Batch::Sensitivity::secret));
  auto plaintext = crypto::open_committed_secret(
      {.key = parts.key, .info = as_bytes(kRecordInfo), .associated_data = parts.associated_data},
      parts.sealed);
  if (!plaintext.has_value()) return corrupt(std::string(code_name(plaintext.error().code())));
  NSL_TRY(Split split, split_plaintext(plaintext->reveal()));
  return OpenedSecret{.id = std::move(split.id), .value = SecretBytes::copy_of(split.value)};
}

Bytes RecordSealer::seal_audit(std::uint64_t sequence, const AuditEntry& entry) const {
  Bytes blob = {kFormat};
  append_number(blob, keys_.epoch().value(), 4);
  const Bytes data = audit_context(sequence, blob);
  Bytes plaintext = to_bytes(ByteView(entry.previous));
  append(plaintext, entry.entry);
  const Secret<32> key = keys_.account_key(keys_.epoch(), "");
  append(blob,
         crypto::seal_committed({.key = key, .info = as_bytes(kAuditInfo), .associated_data = data},
                                plaintext, random_));
  return blob;
}

Result<RecordSealer::AuditEntry> RecordSealer::open_audit(std::uint64_t sequence,
                                                          ByteView blob) const {
  if (blob.size() < kAuditHeaderBytes + crypto::kCommittedOverheadBytes) {
    return corrupt("audit entry too short");
  }
  if (blob[0] > kFormat) return fail(Code::unsupported_version);
  const auto epoch = static_cast<std::uint32_t>(read_number(blob.subspan(1, 4)));
  if (blob[0] != kFormat || epoch == 0) return corrupt("audit header");
  const Bytes data = audit_context(sequence, blob.first(kAuditHeaderBytes));
  const Secret<32> key = keys_.account_key(keys::Epoch(epoch), "");
  auto plaintext =
      crypto::open_committed({.key = key, .info = as_bytes(kAuditInfo), .associated_data = data},
                             blob.subspan(kAuditHeaderBytes));
  if (!plaintext.has_value()) return corrupt("audit entry");
  AuditEntry entry;
  if (plaintext->size() < entry.previous.size()) return corrupt("audit entry");
  std::copy_n(plaintext->begin(), entry.previous.size(), entry.previous.begin());
  entry.entry.assign(plaintext->begin() + static_cast<std::ptrdiff_t>(entry.previous.size()),
                     plaintext->end());
  return entry;
}

crypto::Digest32 audit_hash(std::uint64_t sequence, const RecordSealer::AuditEntry& entry) {
  Bytes number;
  append_number(number, sequence, 8);
  crypto::Sha256 hash;
  hash.update(as_bytes("nsl-audit-v1")).update(entry.previous).update(number).update(entry.entry);
  return hash.finish();
}

}  // namespace nsl::enclave::vault
