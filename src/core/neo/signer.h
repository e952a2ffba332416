// A signer names an account and how far its witness reaches: which contracts may rely on it.
//
// TRUST: the scope is all that stands between a signature and a hostile contract. Parsing accepts
// exactly what a node accepts (neo-project/neo Signer, WitnessRule, WitnessCondition).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/codec/byte_io.h"
#include "core/neo/hash.h"
#include "core/neo/key.h"

namespace nsl::neo {

// Flags; they combine, but kGlobal stands alone.
enum class WitnessScope : std::uint8_t {
  none = 0x00,
  called_by_entry = 0x01,
  custom_contracts = 0x10,
  custom_groups = 0x20,
  witness_rules = 0x40,
  global = 0x80,
};

constexpr WitnessScope operator|(WitnessScope left, WitnessScope right) {
  return static_cast<WitnessScope>(static_cast<std::uint8_t>(left) |
                                   static_cast<std::uint8_t>(right));
}
constexpr bool has_scope(WitnessScope scopes, WitnessScope flag) {
  return (static_cast<std::uint8_t>(scopes) & static_cast<std::uint8_t>(flag)) != 0;
}

// "CalledByEntry, CustomContracts", as nodes write it.
std::string to_text(WitnessScope scopes);
Result<WitnessScope> parse_witness_scope(std::string_view text);

enum class WitnessConditionType : std::uint8_t {
  boolean = 0x00,
  negation = 0x01,
  conjunction = 0x02,
  disjunction = 0x03,
  script_hash = 0x18,
  group = 0x19,
  called_by_entry = 0x20,
  called_by_contract = 0x28,
  called_by_group = 0x29,
};

// "Boolean", "Not", "And", "Or", "ScriptHash", ...
std::string_view witness_condition_name(WitnessConditionType type);

// Make one with the functions below: they set the fields the type has.
struct WitnessCondition {
  WitnessConditionType type = WitnessConditionType::called_by_entry;
  bool value = false;                         // boolean
  std::vector<WitnessCondition> expressions;  // negation: one; conjunction, disjunction: 1 to 16
  UInt160 hash;                               // script_hash, called_by_contract
  std::optional<PublicKey> key;               // group, called_by_group

  static WitnessCondition boolean(bool value);
  static WitnessCondition negation(WitnessCondition expression);
  static WitnessCondition conjunction(std::vector<WitnessCondition> expressions);
  static WitnessCondition disjunction(std::vector<WitnessCondition> expressions);
  static WitnessCondition script_hash(const UInt160& hash);
  static WitnessCondition group(const PublicKey& key);
  static WitnessCondition called_by_entry();
  static WitnessCondition called_by_contract(const UInt160& hash);
  static WitnessCondition called_by_group(const PublicKey& key);

  friend bool operator==(const WitnessCondition&, const WitnessCondition&) = default;
};

enum class WitnessAction : std::uint8_t { deny = 0, allow = 1 };

struct WitnessRule {
  WitnessAction action = WitnessAction::deny;
  WitnessCondition condition;

  friend bool operator==(const WitnessRule&, const WitnessRule&) = default;
};

struct Signer {
  UInt160 account;
  WitnessScope scopes = WitnessScope::none;
  std::vector<UInt160> allowed_contracts;
  std::vector<PublicKey> allowed_groups;
  std::vector<WitnessRule> rules;

  friend bool operator==(const Signer&, const Signer&) = default;
};

// The lists fit the scopes and every bound holds, so that write_signer() gives what read_signer()
// takes.
Result<void> check_signer(const Signer& signer);

// `signer` must pass check_signer().
void write_signer(codec::ByteWriter& writer, const Signer& signer);
Result<Signer> read_signer(codec::ByteReader& reader);

}  // namespace nsl::neo
