// sign, verify, message sign, message verify.
#include <optional>

#include "client/neo/input.h"
#include "client/neo/tools.h"
#include "core/codec/hex.h"
#include "core/codec/utf8.h"
#include "core/crypto/hash.h"
#include "core/neo/message_signing.h"

namespace nsl::client::neo_tools {
namespace {

using crypto::Digest32;
using neo::JsonValue;

constexpr std::size_t kSaltBytes = 16;

// SHA-256 of `message`, or `digest` itself.
Result<Digest32> get_digest(const Input& input) {
  if (input.count_of({"message", "digest"}) != 1) return refuse("Give one of message and digest");
  if (input.has("message")) {
    NSL_TRY(const Bytes message, input.get_bytes("message"));
    return crypto::sha256(message);
  }
  NSL_TRY(const Bytes bytes, input.get_bytes("digest"));
  Digest32 digest{};
  if (bytes.size() != digest.size()) return refuse("The field digest is not of 32 bytes");
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

Result<JsonValue> sign(const Input& input) {
  NSL_TRY(const neo::PrivateKey key, input.get_private_key());
  NSL_TRY(const Digest32 digest, get_digest(input));
  JsonValue answer = JsonValue::object();
  answer.add("signature", hex_text(crypto::p256_sign_digest(key, digest)));
  answer.add("public_key", hex_text(key.public_key().compressed()));
  return answer;
}

Result<JsonValue> verify(const Input& input) {
  NSL_TRY(const neo::PublicKey key, input.get_public_key());
  NSL_TRY(const Bytes signature, input.get_bytes("signature"));
  NSL_TRY(const Digest32 digest, get_digest(input));
  JsonValue answer = JsonValue::object();
  answer.add("valid", JsonValue::boolean(crypto::p256_verify_digest(key, digest, signature)));
  return answer;
}

// What the layouts' names promise about a salt.
enum class Salting { none, needed };

struct Layout {
  std::string_view name;
  Salting salting;
  // The layout of core/neo; nothing for `raw`, which wraps nothing.
  std::optional<neo::MessageLayout> layout;
};

using neo::MessageLayout;
constexpr Layout kLayouts[] = {
    {"classic", Salting::needed, MessageLayout::classic},
    {"classic_unsalted", Salting::none, MessageLayout::classic_unsalted},
    {"ledger", Salting::none, MessageLayout::ledger},
    {"ledger_salted", Salting::needed, MessageLayout::ledger},
    {"raw", Salting::none, std::nullopt},
};

Result<Layout> get_layout(const Input& input) {
  NSL_TRY(const std::string name, input.get_text("layout"));
  for (const Layout& layout : kLayouts) {
    if (layout.name == name) return layout;
  }
  return refuse("There is no such layout");
}

Result<Bytes> bytes_to_sign(const Input& input, const Layout& layout, const std::string& salt) {
  NSL_TRY(const std::string message, input.get_text("message"));
  if (layout.salting == Salting::none && !salt.empty()) {
    return refuse("The layout has no salt");
  }
  if (!layout.layout.has_value()) return to_bytes(message);
  return neo::signed_message_bytes(*layout.layout, salt, message);
}

Result<JsonValue> sign_message(const Input& input) {
  NSL_TRY(const neo::PrivateKey key, input.get_private_key());
  NSL_TRY(const Layout layout, get_layout(input));
  NSL_TRY(std::string salt, input.find_text("salt"));
  if (salt.empty() && layout.salting == Salting::needed) {
    salt = codec::encode_hex(input.random().bytes<kSaltBytes>());
  }
  NSL_TRY(const Bytes bytes, bytes_to_sign(input, layout, salt));
  JsonValue answer = JsonValue::object();
  answer.add("signature", hex_text(crypto::p256_sign(key, bytes)));
  answer.add("signed_bytes", hex_text(bytes));
  answer.add("salt", JsonValue::string(salt));
  return answer;
}

Result<JsonValue> verify_message(const Input& input) {
  NSL_TRY(const neo::PublicKey key, input.get_public_key());
  NSL_TRY(const Bytes signature, input.get_bytes("signature"));
  NSL_TRY(const Layout layout, get_layout(input));
  NSL_TRY(const std::string salt, input.find_text("salt"));
  NSL_TRY(const Bytes bytes, bytes_to_sign(input, layout, salt));
  JsonValue answer = JsonValue::object();
  answer.add("valid", JsonValue::boolean(crypto::p256_verify(key, bytes, signature)));
  return answer;
}

std::vector<Field> message_fields() {
  return {{.name = "layout", .help = "classic, classic_unsalted, ledger, ledger_salted or raw"},
          {.name = "message", .help = "The text"},
          {.name = "salt", .help = "32 hex digits; made when a salted layout has none"}};
}

}  // namespace

std::vector<Tool> signature_tools() {
  const std::vector<Field> bytes = {
      {.name = "message", .help = "Bytes in hex; their SHA-256 is signed"},
      {.name = "digest", .help = "32 bytes in hex that are signed as they are"}};
  const std::vector<Field> signature = {{.name = "public_key", .help = "Key of the signature"},
                                        {.name = "signature", .help = "r then s, 64 bytes"}};
  return {
      {.words = "sign",
       .summary = "Sign bytes (P-256, RFC 6979)",
       .fields = joined(private_key_fields(), bytes),
       .example = "nsl neo sign --wif-file key.txt --message 6e656f",
       .run = sign},
      {.words = "verify",
       .summary = "Check a signature",
       .fields = joined(signature, bytes),
       .example = "nsl neo verify --public-key K --signature S --message 6e656f",
       .run = verify},
      {.words = "message sign",
       .summary = "Sign a text as wallets do",
       .fields = joined(private_key_fields(), message_fields()),
       .example = "nsl neo message sign --wif-file key.txt --layout classic --message hello",
       .run = sign_message},
      {.words = "message verify",
       .summary = "Check a text signed by a wallet",
       .fields = joined(signature, message_fields()),
       .example = "nsl neo message verify --layout classic --message hello --salt S "
                  "--public-key K --signature G",
       .run = verify_message},
  };
}

}  // namespace nsl::client::neo_tools
