// Neo N3 keys: P-256, with the WIF text of a private key.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/crypto/p256.h"
#include "core/neo/hash.h"

namespace nsl::neo {

using PublicKey = crypto::P256PublicKey;
using PrivateKey = crypto::P256PrivateKey;
using Signature = crypto::P256Signature;

// 33 bytes; Code::invalid_public_key otherwise. Neo has no other form in scripts and signers.
Result<PublicKey> parse_public_key(ByteView compressed);
// 66 hexadecimal digits.
Result<PublicKey> parse_public_key_text(std::string_view text);
std::string to_text(const PublicKey& key);

// Base58Check of 0x80, the 32 bytes and 0x01: 52 characters starting with K or L.
SecretBytes to_wif(const PrivateKey& key);
Result<PrivateKey> parse_wif(std::string_view text);

// The account of a single key: the hash of its verification script.
UInt160 account_of(const PublicKey& key);

}  // namespace nsl::neo
