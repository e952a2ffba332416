// NEP-20: signing in by answering a challenge with a signature over its fields. Shipping wallets
// sign three different byte strings; a verifier tries none on its own, the caller says which.
//
// TRUST: the first two forms are 36 bytes that start with a network's number, as the message of a
// transaction does. They cannot be one: the last 20 bytes are the signer's own account, so a forger
// would have to find a transaction whose hash ends in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/key.h"
#include "core/neo/network.h"

namespace nsl::neo {

enum class Nep20Form : std::uint8_t {
  // Network, nonce, time, account: the text of NEP-20.
  standard,
  // The same with the account in display order (NeoLine 5.8.2).
  neoline,
  // Nonce, time, network, account, "Authentication", domain (neon-dapi 5.10.1).
  neon_dapi,
};

// "standard", "neoline", "neon_dapi"
std::string_view nep20_form_name(Nep20Form form);
Result<Nep20Form> parse_nep20_form(std::string_view name);

struct Nep20Answer {
  Nep20Form form = Nep20Form::standard;
  NetworkMagic network;
  std::uint64_t nonce = 0;
  // Seconds since 1970.
  std::uint32_t timestamp_s = 0;
  UInt160 account;
  // Only the form neon_dapi signs it.
  std::string domain;
};

// The bytes the wallet signs. Fails for a domain that the form does not sign, or that is too long.
Result<Bytes> nep20_signed_bytes(const Nep20Answer& answer);

// `key` belongs to the answer's account, and `signature` is its signature of the answer. Whether
// nonce and time are the challenge's is for the caller to check.
Result<void> verify_nep20(const Nep20Answer& answer, const PublicKey& key, ByteView signature);

}  // namespace nsl::neo
