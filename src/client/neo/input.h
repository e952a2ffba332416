// The fields of a tool's input, read as what they mean. A refusal names the field.
//
// Bytes are hexadecimal with or without 0x; hashes are in display order with or without 0x.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/crypto/password_kdf.h"
#include "core/neo/hash.h"
#include "core/neo/json.h"
#include "core/neo/key.h"
#include "core/neo/network.h"

namespace nsl::client::neo_tools {

class Input {
 public:
  // Both must outlive this.
  Input(const neo::JsonValue& object, Random& random)
      : object_(object), members_(object, Code::invalid_tool_input), random_(random) {}

  Random& random() const { return random_; }
  const neo::JsonValue& object() const { return object_; }

  // null counts as absent.
  bool has(std::string_view name) const { return members_.find(name) != nullptr; }
  const neo::JsonValue* find(std::string_view name) const { return members_.find(name); }
  // How many of these are there.
  std::size_t count_of(std::initializer_list<std::string_view> names) const;
  bool is_set(std::string_view name) const;

  Result<std::string> get_text(std::string_view name) const { return members_.get_string(name); }
  // Empty when absent.
  Result<std::string> find_text(std::string_view name) const;
  // A number or a decimal string, at most `maximum`.
  Result<std::uint64_t> get_unsigned(std::string_view name, std::uint64_t maximum) const;
  Result<std::vector<std::string>> get_texts(std::string_view name, std::size_t count_max) const;

  Result<Bytes> get_bytes(std::string_view name) const;
  // Hexadecimal, or Base64 when it is not that.
  Result<Bytes> get_encoded(std::string_view name) const;
  Result<neo::UInt160> get_account(std::string_view name) const;
  // A number, "mainnet" or "testnet".
  Result<neo::NetworkMagic> get_network() const;
  Result<neo::PublicKey> get_public_key() const;
  // Of `wif`, `private_key`, or `nep2` with `passphrase`: exactly one.
  Result<neo::PrivateKey> get_private_key() const;
  // NEP-2's own cost unless `scrypt` names another.
  Result<crypto::ScryptCost> get_scrypt_cost() const;

 private:
  Result<neo::PrivateKey> open_nep2() const;

  const neo::JsonValue& object_;
  neo::JsonMembers members_;
  Random& random_;
};

std::unexpected<Error> refuse(std::string message);

bool has_neo_code(const Error& error);
// What a decoder of bytes refused is `code`, also where the codec below it said so.
template <class T>
Result<T> decoded(Result<T> result, Code code) {
  if (result.has_value() || has_neo_code(result.error())) return result;
  return fail(code, result.error().message());
}

// Hexadecimal with or without 0x.
Result<Bytes> parse_hex(std::string_view text);
// A WIF, or 32 bytes in hexadecimal.
Result<neo::PrivateKey> parse_private_key(std::string_view text);
// A hash in display order with or without 0x, or an address.
Result<neo::UInt160> parse_account_text(std::string_view text);

}  // namespace nsl::client::neo_tools
