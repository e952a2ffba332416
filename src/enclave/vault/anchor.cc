#include "enclave/vault/anchor.h"

#include <algorithm>
#include <string>

#include "enclave/keys/path.h"

namespace nsl::enclave::vault {
namespace {

constexpr std::size_t kAnchorBytes = 32 + 32 + 8 + 32;

crypto::Digest32 digest_at(ByteView value, std::size_t offset) {
  crypto::Digest32 digest{};
  std::copy_n(value.begin() + static_cast<std::ptrdiff_t>(offset), digest.size(), digest.begin());
  return digest;
}

}  // namespace

RecordKey anchor_key() { return {.kind = std::string(kAnchorKind), .account = "", .id = "anchor"}; }

Bytes encode_anchor(const Anchor& anchor) {
  Bytes value = to_bytes(ByteView(anchor.previous_head));
  append(value, anchor.root);
  keys::append_number(value, anchor.audit.sequence, 8);
  append(value, anchor.audit.hash);
  return value;
}

Result<Anchor> parse_anchor(std::uint64_t counter, ByteView value) {
  if (value.size() != kAnchorBytes) {
    return fail(Code::record_corrupt, "A stored record does not open", "anchor size");
  }
  return Anchor{
      .counter = counter,
      .previous_head = digest_at(value, 0),
      .root = digest_at(value, 32),
      .audit = {.sequence = keys::read_number(value.subspan(64, 8)), .hash = digest_at(value, 72)}};
}

keys::StateHead head_of(const Anchor& anchor) {
  Bytes counter;
  keys::append_number(counter, anchor.counter, 8);
  Bytes audit_sequence;
  keys::append_number(audit_sequence, anchor.audit.sequence, 8);
  crypto::Sha256 hash;
  hash.update(as_bytes("nsl-head-v1")).update(anchor.previous_head).update(counter);
  hash.update(anchor.root).update(audit_sequence).update(anchor.audit.hash);
  return {.counter = anchor.counter, .head = hash.finish()};
}

}  // namespace nsl::enclave::vault
