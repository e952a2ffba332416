#include "enclave/identity/token.h"

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/crypto/hmac.h"

namespace nsl::enclave::identity {
namespace {

constexpr std::string_view kPrefix = "nsl_at_";
constexpr std::size_t kTagBytes = 32;

}  // namespace

std::string TokenAuthority::issue(stored::AccessTokenClaims claims, WallTime* expires_at) const {
  const std::int64_t expires_at_ms = clock_.wall_time().value() + limits::kAccessTokenTtlMs;
  if (expires_at != nullptr) *expires_at = WallTime(expires_at_ms);
  claims.set_expires_at_ms(expires_at_ms);
  Bytes body = to_bytes(claims.SerializeAsString());
  const crypto::Digest32 tag = crypto::hmac_sha256(key_.reveal(), body);
  append(body, tag);
  return std::string(kPrefix) + codec::encode_base64url(body);
}

Result<stored::AccessTokenClaims> TokenAuthority::verify(std::string_view token) const {
  const auto refused = [] { return fail(Code::token_invalid, "The access token is not valid"); };
  if (!token.starts_with(kPrefix)) return refused();
  if (token.size() > static_cast<std::size_t>(limits::kCredentialBytesMax)) return refused();
  const Result<Bytes> body = codec::decode_base64url(token.substr(kPrefix.size()));
  if (!body.has_value() || body->size() <= kTagBytes) return refused();
  const ByteView claims_bytes = ByteView(*body).first(body->size() - kTagBytes);
  const crypto::Digest32 tag = crypto::hmac_sha256(key_.reveal(), claims_bytes);
  if (!equal_in_constant_time(tag, ByteView(*body).last(kTagBytes))) return refused();
  stored::AccessTokenClaims claims;
  if (!claims.ParseFromArray(claims_bytes.data(), static_cast<int>(claims_bytes.size()))) {
    return refused();
  }
  if (clock_.wall_time().value() >= claims.expires_at_ms()) {
    return fail(Code::token_expired, "The access token has expired: sign in again");
  }
  return claims;
}

}  // namespace nsl::enclave::identity
