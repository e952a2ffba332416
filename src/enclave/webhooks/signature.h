// Signatures of Standard Webhooks 1.0.0, "v1": HMAC-SHA256 over id, time and body, so that a
// receiver knows who sent a message and that it is no old one.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/secret.h"

namespace nsl::enclave::webhooks {

inline constexpr std::size_t kSecretSize = 32;

// "whsec_" and base64: as people are shown it.
std::string to_text(const Secret<kSecretSize>& secret);

// Seconds since 1970, as in the header webhook-timestamp.
std::string timestamp_text(WallTime time);

// "v1,<base64>" for the header webhook-signature; several are parted by spaces.
std::string sign(ByteView secret, std::string_view id, std::string_view timestamp, ByteView body);

}  // namespace nsl::enclave::webhooks
