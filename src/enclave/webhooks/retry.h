// How long a delivery that was not taken waits for its next attempt.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/random.h"

namespace nsl::enclave::webhooks {

// After the attempt with this number, from 1: between half of and a whole time that triples from
// limits::kWebhookRetryMsMin to limits::kWebhookRetryMsMax.
std::int64_t retry_pause_ms(std::uint32_t attempt, Random& random);

// A Retry-After header in seconds (RFC 9110 section 10.2.3), at most the longest pause; 0 for
// anything else.
std::int64_t parse_retry_after_ms(std::string_view header);

}  // namespace nsl::enclave::webhooks
