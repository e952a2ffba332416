// AES-GCM (NIST SP 800-38D) with an explicit 12-byte nonce and a 16-byte tag behind the ciphertext.
//
// A nonce must never be used twice under one key; who calls this must make that impossible by
// construction (a one-use key, or a counter that only grows). Records use committed_aead.h instead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"

namespace nsl::crypto {

// The key's length says which: 16 bytes AES-128-GCM, 32 bytes AES-256-GCM.
struct AeadInput {
  ByteView key;
  std::span<const std::uint8_t, 12> nonce;
  ByteView associated_data;
};

inline constexpr std::size_t kAeadNonceBytes = 12;
inline constexpr std::size_t kAeadTagBytes = 16;
using AeadNonce = std::array<std::uint8_t, kAeadNonceBytes>;

// Ciphertext and tag.
Bytes aead_seal(const AeadInput& input, ByteView plaintext);
// As above into `target`, which has exactly plaintext.size() + kAeadTagBytes bytes.
void aead_seal_into(const AeadInput& input, ByteView plaintext, std::span<std::uint8_t> target);

// Code::decryption_failed when anything was changed. The first form is for bulk data, the second
// keeps the plaintext in secret memory.
Result<Bytes> aead_open(const AeadInput& input, ByteView sealed);
Result<SecretBytes> aead_open_secret(const AeadInput& input, ByteView sealed);

// AES-256 in ECB mode without padding: NEP-2 needs it for two blocks and nothing else may use it.
// Both views have the same size, a multiple of 16.
enum class EcbDirection : std::uint8_t { seal, open };
void aes_256_ecb(std::span<const std::uint8_t, 32> key, EcbDirection direction, ByteView input,
                 std::span<std::uint8_t> output);

}  // namespace nsl::crypto
