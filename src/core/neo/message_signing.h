// Signing in with a Neo account: the byte layouts that wallets put around a text before they sign
// it. A verifier tries no layout on its own; the caller says which one the wallet used.
//
// TRUST: none of these layouts can be mistaken for a transaction (magic and hash, 36 bytes):
// `classic` and `classic_unsalted` start with 010001f0 and end with 0000, `ledger` signs for
// network 0, which exists nowhere. The raw layout of some wallets has no such property and is not
// offered.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/key.h"
#include "core/neo/network.h"

namespace nsl::neo {

enum class MessageLayout : std::uint8_t {
  // 010001f0, the length, salt and text, 0000 (NeoLine signMessage, WalletConnect, neo-cli).
  classic,
  // The same without salt.
  classic_unsalted,
  // Network 0 and the hash of a transaction whose script is salt and text: what a Ledger can sign.
  // The salt may be empty.
  ledger,
};

// "classic", "classic_unsalted", "ledger"
std::string_view message_layout_name(MessageLayout layout);
Result<MessageLayout> parse_message_layout(std::string_view name);

// The bytes a wallet signs. `salt` is the text the wallet put in front: 32 lower-case hexadecimal
// digits for `classic`, nothing for `classic_unsalted`, either for `ledger`.
Result<Bytes> signed_message_bytes(MessageLayout layout, std::string_view salt,
                                   std::string_view text);

// What neo-cli signs when asked to avoid replay on another network: the number of the network and
// the double SHA-256 of the classic bytes. The salt may be empty. Not offered for signing in.
Result<Bytes> network_message_bytes(NetworkMagic network, std::string_view salt,
                                    std::string_view text);

struct SignedMessage {
  MessageLayout layout;
  std::string_view salt;
  std::string_view text;
};

// `key` belongs to `account`, and `signature` is its signature of the message.
Result<void> verify_signed_message(const SignedMessage& message, const PublicKey& key,
                                   ByteView signature, const UInt160& account);

}  // namespace nsl::neo
