// API keys: "nsl_live_<26 characters>_<43 characters>". The first part finds the key, the second is
// 32 random bytes; only its SHA-256 is stored, which is enough because nobody guesses 256 bits.
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/crypto/hash.h"

namespace nsl::enclave::identity {

struct ApiKeyText {
  // "key_" + ULID, as the API shows it.
  std::string id;
  crypto::Digest32 secret_hash;
};

struct NewApiKey {
  ApiKeyText parts;
  // What the owner keeps; shown once.
  std::string text;
};

NewApiKey make_api_key(WallTime now, Random& random);
// Code::token_invalid when it has not the form of a key.
Result<ApiKeyText> parse_api_key(std::string_view text);
// Whether a credential is meant to be an API key.
bool is_api_key(std::string_view credential);

}  // namespace nsl::enclave::identity
