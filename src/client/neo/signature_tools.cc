// sign, verify, message sign, message verify.
#include <algorithm>

#include "client/neo/input.h"
#include "client/neo/tools.h"
#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "core/crypto/hash.h"
#include "core/neo/message_signing.h"
#include "core/neo/nep20.h"

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
enum class Salting : std::uint8_t { none, needed, possible };

struct Layout {
  std::string_view name;
  Salting salting;
  Result<Bytes> (*bytes)(const Input& input, const neo::PublicKey& key, std::string_view salt);
};

template <neo::MessageLayout layout>
Result<Bytes> wallet_bytes(const Input& input, const neo::PublicKey& /*key*/,
                           std::string_view salt) {
  NSL_TRY(const std::string message, input.get_text("message"));
  return neo::signed_message_bytes(layout, salt, message);
}

Result<Bytes> network_bytes(const Input& input, const neo::PublicKey& /*key*/,
                            std::string_view salt) {
  NSL_TRY(const std::string message, input.get_text("message"));
  NSL_TRY(const neo::NetworkMagic network, input.get_network());
  return neo::network_message_bytes(network, salt, message);
}

Result<Bytes> raw_bytes(const Input& input, const neo::PublicKey& /*key*/,
                        std::string_view /*salt*/) {
  NSL_TRY(const std::string message, input.get_text("message"));
  return to_bytes(message);
}

// The message is the challenge of NEP-20, or its members nonce, timestamp and domain; `form` says
// which of the wallets' three byte orders is meant.
Result<Bytes> nep20_bytes(const Input& input, const neo::PublicKey& key,
                          std::string_view /*salt*/) {
  JsonValue parsed;
  const JsonValue* challenge = input.find("message");
  if (challenge != nullptr && challenge->find_string() != nullptr) {
    NSL_TRY(parsed, neo::parse_json(*challenge->find_string(), limits::kNeoMessageBytesMax));
    challenge = &parsed;
  }
  if (challenge == nullptr) return refuse("The field message is missing");
  const Input members(*challenge, input.random());
  neo::Nep20Answer answer;
  if (members.has("form")) {
    NSL_TRY(const std::string form, members.get_text("form"));
    NSL_TRY(answer.form, neo::parse_nep20_form(form));
  }
  NSL_TRY(answer.network, input.get_network());
  NSL_TRY(answer.nonce, members.get_unsigned("nonce", UINT64_MAX));
  NSL_TRY(const std::uint64_t time, members.get_unsigned("timestamp", UINT32_MAX));
  answer.timestamp_s = static_cast<std::uint32_t>(time);
  if (answer.form == neo::Nep20Form::neon_dapi) {
    NSL_TRY(answer.domain, members.find_text("domain"));
  }
  answer.account = neo::account_of(key);
  return neo::nep20_signed_bytes(answer);
}

using neo::MessageLayout;
constexpr Layout kLayouts[] = {
    {"classic", Salting::needed, wallet_bytes<MessageLayout::classic>},
    {"classic_unsalted", Salting::none, wallet_bytes<MessageLayout::classic_unsalted>},
    {"ledger", Salting::none, wallet_bytes<MessageLayout::ledger>},
    {"ledger_salted", Salting::needed, wallet_bytes<MessageLayout::ledger>},
    {"network", Salting::possible, network_bytes},
    {"raw", Salting::none, raw_bytes},
    {"nep20", Salting::none, nep20_bytes},
};

Result<Layout> get_layout(const Input& input) {
  NSL_TRY(const std::string name, input.get_text("layout"));
  for (const Layout& layout : kLayouts) {
    if (layout.name == name) return layout;
  }
  return refuse("There is no such layout");
}

Result<Bytes> bytes_to_sign(const Input& input, const Layout& layout, const neo::PublicKey& key,
                            const std::string& salt) {
  if (layout.salting == Salting::none && !salt.empty()) return refuse("The layout has no salt");
  return layout.bytes(input, key, salt);
}

Result<JsonValue> sign_message(const Input& input) {
  NSL_TRY(const neo::PrivateKey key, input.get_private_key());
  NSL_TRY(const Layout layout, get_layout(input));
  NSL_TRY(std::string salt, input.find_text("salt"));
  if (salt.empty() && layout.salting == Salting::needed) {
    salt = codec::encode_hex(input.random().bytes<kSaltBytes>());
  }
  NSL_TRY(const Bytes bytes, bytes_to_sign(input, layout, key.public_key(), salt));
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
  NSL_TRY(const Bytes bytes, bytes_to_sign(input, layout, key, salt));
  JsonValue answer = JsonValue::object();
  answer.add("valid", JsonValue::boolean(crypto::p256_verify(key, bytes, signature)));
  return answer;
}

std::vector<Field> message_fields() {
  return {{.name = "layout",
           .help = "classic, classic_unsalted, ledger, ledger_salted, network, raw or nep20"},
          {.name = "message", .help = "The text; for nep20 the challenge as JSON"},
          {.name = "salt", .help = "32 hex digits; made when a salted layout has none"},
          {.name = "network", .help = "Magic number, mainnet or testnet; for network and nep20"}};
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
