#include "core/neo/message_signing.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/codec/byte_io.h"
#include "core/codec/utf8.h"
#include "core/neo/network.h"
#include "core/neo/transaction.h"

namespace nsl::neo {
namespace {

constexpr std::size_t kSaltDigits = 32;
constexpr std::array<std::uint8_t, 4> kClassicStart = {0x01, 0x00, 0x01, 0xF0};
constexpr std::array<std::uint8_t, 2> kClassicEnd = {0x00, 0x00};
// Version, nonce, fees and validity of the transaction that holds a Ledger's text: all zero.
constexpr std::size_t kEmptyTransactionBytes = 25;
constexpr NetworkMagic kLedgerMagic{0};

struct LayoutName {
  MessageLayout layout;
  std::string_view name;
};

constexpr std::array<LayoutName, 3> kLayoutNames = {
    {{MessageLayout::classic, "classic"},
     {MessageLayout::classic_unsalted, "classic_unsalted"},
     {MessageLayout::ledger, "ledger"}}};

bool is_salt(std::string_view salt) {
  return salt.size() == kSaltDigits && std::all_of(salt.begin(), salt.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_salt_allowed(MessageLayout layout, std::string_view salt) {
  switch (layout) {
    case MessageLayout::classic:
      return is_salt(salt);
    case MessageLayout::classic_unsalted:
      return salt.empty();
    case MessageLayout::ledger:
      return salt.empty() || is_salt(salt);
  }
  return false;
}

Bytes classic_bytes(ByteView payload) {
  codec::ByteWriter writer;
  writer.write_fixed(kClassicStart).write_var_bytes(payload).write_fixed(kClassicEnd);
  return std::move(writer).take();
}

Bytes ledger_bytes(ByteView payload) {
  codec::ByteWriter writer;
  writer.write_fixed(Bytes(kEmptyTransactionBytes, 0));
  writer.write_varint(1).write_fixed(UInt160().little_endian());
  // Scope None and no attributes.
  writer.write_u8(0).write_varint(0).write_var_bytes(payload);
  return signing_message(kLedgerMagic, sha256_of(writer.bytes()));
}

}  // namespace

std::string_view message_layout_name(MessageLayout layout) {
  const auto* row =
      std::find_if(kLayoutNames.begin(), kLayoutNames.end(),
                   [layout](const LayoutName& each) { return each.layout == layout; });
  NSL_ASSERT(row != kLayoutNames.end());
  return row->name;
}

Result<MessageLayout> parse_message_layout(std::string_view name) {
  for (const LayoutName& row : kLayoutNames) {
    if (row.name == name) return row.layout;
  }
  return fail(Code::invalid_argument, "Unknown message layout");
}

Result<Bytes> signed_message_bytes(MessageLayout layout, std::string_view salt,
                                   std::string_view text) {
  if (!is_salt_allowed(layout, salt)) {
    return fail(Code::invalid_argument, "The salt does not fit the message layout");
  }
  if (text.empty() || text.size() > limits::kNeoMessageBytesMax || !codec::is_valid_utf8(text)) {
    return fail(Code::invalid_argument, "The message is empty, too long or not UTF-8");
  }
  const Bytes payload = to_bytes(std::string(salt).append(text));
  return layout == MessageLayout::ledger ? ledger_bytes(payload) : classic_bytes(payload);
}

Result<Bytes> network_message_bytes(NetworkMagic network, std::string_view salt,
                                    std::string_view text) {
  const MessageLayout layout =
      salt.empty() ? MessageLayout::classic_unsalted : MessageLayout::classic;
  NSL_TRY(const Bytes classic, signed_message_bytes(layout, salt, text));
  return signing_message(network, hash256_of(classic));
}

Result<void> verify_signed_message(const SignedMessage& message, const PublicKey& key,
                                   ByteView signature, const UInt160& account) {
  NSL_TRY(const Bytes bytes, signed_message_bytes(message.layout, message.salt, message.text));
  if (account_of(key) != account) {
    return fail(Code::invalid_signature, "The key is not the account's");
  }
  if (!crypto::p256_verify(key, bytes, signature)) return fail(Code::invalid_signature);
  return {};
}

}  // namespace nsl::neo
