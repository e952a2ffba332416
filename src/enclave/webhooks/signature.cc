#include "enclave/webhooks/signature.h"

#include <fmt/format.h>

#include "core/codec/base64.h"
#include "core/crypto/hmac.h"

namespace nsl::enclave::webhooks {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;

}  // namespace

std::string to_text(const Secret<kSecretSize>& secret) {
  return "whsec_" + codec::encode_base64(secret.reveal());
}

std::string timestamp_text(WallTime time) { return fmt::format("{}", time.value() / kMsPerSecond); }

std::string sign(ByteView secret, std::string_view id, std::string_view timestamp, ByteView body) {
  crypto::HmacSha256 mac(secret);
  mac.update(as_bytes(fmt::format("{}.{}.", id, timestamp))).update(body);
  return "v1," + codec::encode_base64(mac.finish());
}

}  // namespace nsl::enclave::webhooks
