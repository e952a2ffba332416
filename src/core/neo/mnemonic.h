// Mnemonics: a wallet's seed as 12 to 24 English words (BIP-39), and the keys of a Neo wallet under
// it: SLIP-10 on P-256, path m/44'/888'/0'/0/i (SLIP-44 coin 888), as hardware wallets and
// bip_utils derive them.
//
// Words of other languages are taken as BIP-39 hashes them, in normalisation form KD, but we have
// no list to check them against: a mistyped one gives another key.
//
// No NEP says how; wallets exist that derive otherwise. Compare the address before you trust a
// restored wallet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/neo/key.h"

namespace nsl::neo {

// The words of 16, 20, 24, 28 or 32 bytes of entropy, with one space between them.
SecretBytes to_mnemonic(ByteView entropy);
// The entropy. Code::invalid_mnemonic for an unknown word, another number of words, or a checksum
// that is wrong. Words are lower-case with one space between them.
Result<SecretBytes> parse_mnemonic(std::string_view words);

// The seed of a valid mnemonic. Words and passphrase, which may be empty, are normalised (nfkd.h).
// With characters outside ASCII in the words only their number is checked.
Result<Secret<64>> mnemonic_seed(std::string_view words, std::string_view passphrase);

// The key with that index, below 2^31.
PrivateKey derive_account_key(const Secret<64>& seed, std::uint32_t index);

}  // namespace nsl::neo
