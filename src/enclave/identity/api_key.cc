#include "enclave/identity/api_key.h"

#include <fmt/format.h>

#include "core/base/secret.h"
#include "core/codec/base64.h"
#include "core/codec/ulid.h"

namespace nsl::enclave::identity {
namespace {

constexpr std::string_view kPrefix = "nsl_live_";
constexpr std::size_t kSecretBytes = 32;

}  // namespace

bool is_api_key(std::string_view credential) { return credential.starts_with(kPrefix); }

NewApiKey make_api_key(WallTime now, Random& random) {
  const std::string ulid = codec::to_text(codec::make_ulid(now, random));
  Secret<kSecretBytes> secret;
  random.fill(secret.reveal_mutable());
  return {.parts = {.id = "key_" + ulid, .secret_hash = crypto::sha256(secret.reveal())},
          .text = fmt::format("{}{}_{}", kPrefix, ulid, codec::encode_base64url(secret.reveal()))};
}

Result<ApiKeyText> parse_api_key(std::string_view text) {
  const auto refused = [] {
    return fail(Code::token_invalid, "The API key has not the right form");
  };
  if (!is_api_key(text)) return refused();
  text.remove_prefix(kPrefix.size());
  if (text.size() <= codec::kUlidTextSize || text[codec::kUlidTextSize] != '_') return refused();
  const std::string_view ulid = text.substr(0, codec::kUlidTextSize);
  if (!codec::parse_ulid(ulid).has_value()) return refused();
  const Result<Bytes> secret = codec::decode_base64url(text.substr(codec::kUlidTextSize + 1));
  if (!secret.has_value() || secret->size() != kSecretBytes) return refused();
  return ApiKeyText{.id = fmt::format("key_{}", ulid), .secret_hash = crypto::sha256(*secret)};
}

}  // namespace nsl::enclave::identity
