#include "core/crypto/committed_aead.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/crypto/aead.h"
#include "core/crypto/hmac.h"

namespace nsl::crypto {
namespace {

constexpr std::string_view kLabel = "nsl committed aead 1";
constexpr std::size_t kSaltBytes = 32;
constexpr std::size_t kCommitmentBytes = 32;
constexpr std::size_t kHeaderBytes = kSaltBytes + kCommitmentBytes;
static_assert(kCommittedOverheadBytes == kHeaderBytes + kAeadTagBytes);

// The key is used for one message only, so the nonce may be constant.
constexpr AeadNonce kNonce{};

// One-use key, then commitment.
Secret<64> derive(const CommittedContext& context, ByteView salt) {
  Bytes info = to_bytes(kLabel);
  append(info, context.info);
  return hkdf_sha256<64>(salt, context.key.reveal(), info);
}

// Checks length and commitment; the result is the derived pair.
Result<Secret<64>> derive_checked(const CommittedContext& context, ByteView sealed) {
  if (sealed.size() < kCommittedOverheadBytes) return fail(Code::decryption_failed);
  Secret<64> derived = derive(context, sealed.first(kSaltBytes));
  if (!equal_in_constant_time(derived.reveal().last(kCommitmentBytes),
                              sealed.subspan(kSaltBytes, kCommitmentBytes))) {
    return fail(Code::commitment_mismatch);
  }
  return derived;
}

AeadInput aead_input(const CommittedContext& context, const Secret<64>& derived) {
  return {.key = derived.reveal().first(32),
          .nonce = kNonce,
          .associated_data = context.associated_data};
}

}  // namespace

Bytes seal_committed(const CommittedContext& context, ByteView plaintext, Random& random) {
  Bytes sealed(plaintext.size() + kCommittedOverheadBytes);
  const std::span<std::uint8_t> target(sealed);
  random.fill(target.first(kSaltBytes));
  const Secret<64> derived = derive(context, target.first(kSaltBytes));
  std::ranges::copy(derived.reveal().last(kCommitmentBytes), target.subspan(kSaltBytes).begin());
  aead_seal_into(aead_input(context, derived), plaintext, target.subspan(kHeaderBytes));
  return sealed;
}

Result<SecretBytes> open_committed_secret(const CommittedContext& context, ByteView sealed) {
  NSL_TRY(const Secret<64> derived, derive_checked(context, sealed));
  return aead_open_secret(aead_input(context, derived), sealed.subspan(kHeaderBytes));
}

Result<Bytes> open_committed(const CommittedContext& context, ByteView sealed) {
  NSL_TRY(const Secret<64> derived, derive_checked(context, sealed));
  return aead_open(aead_input(context, derived), sealed.subspan(kHeaderBytes));
}

}  // namespace nsl::crypto
