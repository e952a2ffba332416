#include "client/neo/input.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "core/neo/address.h"
#include "core/neo/nep2.h"

namespace nsl::client::neo_tools {
namespace {

constexpr std::size_t kPrivateKeyBytes = 32;
constexpr std::size_t kHashDigits = 2 * neo::UInt160::kSize;

std::string_view without_prefix(std::string_view text) {
  return text.starts_with("0x") ? text.substr(2) : text;
}

std::string field(std::string_view name) { return "The field " + std::string(name); }

Result<neo::PrivateKey> parse_hex_key(std::string_view text) {
  Secret<kPrivateKeyBytes> secret;
  if (!codec::decode_hex_into(without_prefix(text), secret.reveal_mutable()).has_value()) {
    return fail(Code::invalid_private_key);
  }
  auto key = neo::PrivateKey::from_secret(std::move(secret));
  if (!key.has_value()) return fail(Code::invalid_private_key);
  return key;
}

}  // namespace

std::unexpected<Error> refuse(std::string message) {
  return fail(Code::invalid_tool_input, std::move(message));
}

bool has_neo_code(const Error& error) { return code_text(error.code()).starts_with("NSL-NEO-"); }

Result<Bytes> parse_hex(std::string_view text) { return codec::decode_hex(without_prefix(text)); }

Result<neo::UInt160> parse_account_text(std::string_view text) {
  if (without_prefix(text).size() == kHashDigits) return neo::UInt160::parse(text);
  return neo::parse_address(text);
}

Result<neo::PrivateKey> parse_private_key(std::string_view text) {
  if (without_prefix(text).size() == 2 * kPrivateKeyBytes) return parse_hex_key(text);
  return neo::parse_wif(text);
}

std::size_t Input::count_of(std::initializer_list<std::string_view> names) const {
  return static_cast<std::size_t>(std::count_if(
      names.begin(), names.end(), [this](std::string_view name) { return has(name); }));
}

bool Input::is_set(std::string_view name) const {
  const neo::JsonValue* value = find(name);
  const bool* flag = value == nullptr ? nullptr : value->find_boolean();
  return flag != nullptr && *flag;
}

Result<std::string> Input::find_text(std::string_view name) const {
  if (!has(name)) return std::string();
  return get_text(name);
}

Result<std::uint64_t> Input::get_unsigned(std::string_view name, std::uint64_t maximum) const {
  const neo::JsonValue* value = find(name);
  const std::string* text = value == nullptr ? nullptr : value->find_string();
  if (text == nullptr) return members_.get_unsigned(name, maximum);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number > maximum) {
    return refuse(field(name) + " is not a whole number in range");
  }
  return number;
}

Result<std::vector<std::string>> Input::get_texts(std::string_view name,
                                                  std::size_t count_max) const {
  NSL_TRY(const neo::JsonValue::Array& values, members_.get_array(name, count_max));
  std::vector<std::string> texts;
  for (const neo::JsonValue& value : values) {
    const std::string* text = value.find_string();
    if (text == nullptr) return refuse(field(name) + " holds something that is not a string");
    texts.push_back(*text);
  }
  return texts;
}

Result<Bytes> Input::get_bytes(std::string_view name) const {
  NSL_TRY(const std::string text, get_text(name));
  auto bytes = parse_hex(text);
  if (!bytes.has_value()) return refuse(field(name) + " is not hexadecimal text");
  return bytes;
}

Result<Bytes> Input::get_encoded(std::string_view name) const {
  NSL_TRY(const std::string text, get_text(name));
  auto bytes = parse_hex(text);
  if (bytes.has_value()) return bytes;
  bytes = codec::decode_base64(text);
  if (!bytes.has_value()) return refuse(field(name) + " is neither hexadecimal nor Base64 text");
  return bytes;
}

Result<neo::UInt160> Input::get_account(std::string_view name) const {
  NSL_TRY(const std::string text, get_text(name));
  return parse_account_text(text);
}

Result<neo::NetworkMagic> Input::get_network() const {
  const neo::JsonValue* value = find("network");
  const std::string* text = value == nullptr ? nullptr : value->find_string();
  if (text != nullptr && *text == "mainnet") return neo::kMainNet;
  if (text != nullptr && *text == "testnet") return neo::kTestNet;
  NSL_TRY(const std::uint64_t magic,
          get_unsigned("network", std::numeric_limits<std::uint32_t>::max()));
  return neo::NetworkMagic(static_cast<std::uint32_t>(magic));
}

Result<neo::PublicKey> Input::get_public_key() const {
  NSL_TRY(const Bytes bytes, get_bytes("public_key"));
  auto key = neo::PublicKey::parse(bytes);
  if (!key.has_value()) return fail(Code::invalid_public_key);
  return key;
}

Result<neo::PrivateKey> Input::open_nep2() const {
  NSL_TRY(const std::string text, get_text("nep2"));
  NSL_TRY(const std::string passphrase, get_text("passphrase"));
  NSL_TRY(const crypto::ScryptCost cost, get_scrypt_cost());
  return neo::open_nep2(text, as_bytes(passphrase), cost);
}

Result<neo::PrivateKey> Input::get_private_key() const {
  if (count_of({"wif", "private_key", "nep2"}) != 1) {
    return refuse("Give one of wif, private_key, or nep2 with passphrase");
  }
  if (has("nep2")) return open_nep2();
  if (has("wif")) {
    NSL_TRY(const std::string text, get_text("wif"));
    return neo::parse_wif(text);
  }
  NSL_TRY(const std::string text, get_text("private_key"));
  return parse_hex_key(text);
}

Result<crypto::ScryptCost> Input::get_scrypt_cost() const {
  const neo::JsonValue* scrypt = find("scrypt");
  if (scrypt == nullptr) return neo::kNep2Cost;
  const neo::JsonMembers members(*scrypt, Code::invalid_tool_input);
  constexpr std::uint64_t kCostMax = std::numeric_limits<std::uint32_t>::max();
  NSL_TRY(const std::uint64_t n, members.get_unsigned("n", kCostMax));
  NSL_TRY(const std::uint64_t r, members.get_unsigned("r", kCostMax));
  NSL_TRY(const std::uint64_t p, members.get_unsigned("p", kCostMax));
  return crypto::ScryptCost{n, r, p};
}

}  // namespace nsl::client::neo_tools
