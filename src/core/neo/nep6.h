// NEP-6 wallet files: accounts with NEP-2 keys under one scrypt cost. Nothing in a wallet file is
// secret without its passphrases.
//
// A file is checked when it is read: every address is that of its contract, so that a wallet cannot
// show one account and sign for another. What this code does not know of (`extra`) is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/password_kdf.h"
#include "core/neo/contract.h"
#include "core/neo/hash.h"
#include "core/neo/json.h"
#include "core/neo/key.h"
#include "core/neo/nep2.h"
#include "core/neo/parameter_type.h"

namespace nsl::neo {

struct Nep6Parameter {
  std::string name;
  ParameterType type = ParameterType::signature;

  friend bool operator==(const Nep6Parameter&, const Nep6Parameter&) = default;
};

struct Nep6Contract {
  // The verification script; empty for a deployed contract.
  Bytes script;
  std::vector<Nep6Parameter> parameters;
  bool is_deployed = false;

  friend bool operator==(const Nep6Contract&, const Nep6Contract&) = default;
};

enum class Nep6AccountKind : std::uint8_t { watch_only, single, multisig, contract };

struct Nep6Account {
  UInt160 account;
  std::string label;
  bool is_default = false;
  bool is_locked = false;
  // NEP-2; empty when the wallet has no key. That of one member for a multi-signature account.
  std::string key;
  std::optional<Nep6Contract> contract;
  JsonValue extra;

  friend bool operator==(const Nep6Account&, const Nep6Account&) = default;
};

struct Nep6Wallet {
  std::string name;
  std::string version = "1.0";
  crypto::ScryptCost scrypt = kNep2Cost;
  std::vector<Nep6Account> accounts;
  JsonValue extra;
};

// "watch_only", "single", "multisig", "contract"
std::string_view nep6_account_kind_name(Nep6AccountKind kind);
Nep6AccountKind kind_of(const Nep6Account& account);
// Threshold and keys of a multi-signature account; nothing for another kind.
std::optional<MultisigScript> multisig_of(const Nep6Account& account);

// Code::invalid_nep6 for what is not a wallet, also for more than one default account or an address
// twice.
Result<Nep6Wallet> parse_nep6(std::string_view text);
Result<Nep6Wallet> parse_nep6(const JsonValue& json);
// Gives what parse_nep6() reads back as the same.
JsonValue to_json(const Nep6Wallet& wallet);

// The account's key. Code::wrong_passphrase when it does not open, Code::invalid_nep6 when there is
// none or it is not a key of the account.
Result<PrivateKey> open_account(const Nep6Wallet& wallet, const Nep6Account& account,
                                ByteView passphrase);
// An account of one key; `cost` must be the wallet's.
Result<Nep6Account> make_nep6_account(const PrivateKey& key, ByteView passphrase,
                                      crypto::ScryptCost cost);

}  // namespace nsl::neo
