#include "core/neo/contract.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/neo/interop.h"
#include "core/neo/script_builder.h"
#include "core/neo/script_reader.h"

namespace nsl::neo {
namespace {

Bytes must_finish(ScriptBuilder&& builder) {
  Result<Bytes> script = std::move(builder).finish();
  NSL_ASSERT(script.has_value());
  return std::move(*script);
}

bool is_system_call(const Instruction& instruction, std::string_view name) {
  return instruction.opcode == Opcode::syscall && equal(instruction.operand, interop_id(name));
}

std::optional<std::size_t> count_of(const Instruction& instruction) {
  const auto pushed = pushed_integer(instruction);
  if (!pushed.has_value()) return std::nullopt;
  const auto value = pushed->to_int64();
  const auto maximum = static_cast<std::int64_t>(kMultisigKeysMax);
  if (!value.has_value() || *value < 1 || *value > maximum) return std::nullopt;
  return static_cast<std::size_t>(*value);
}

// The next instruction, or nothing at the end or when it is malformed.
std::optional<Instruction> next_of(ScriptReader& reader) {
  if (reader.at_end()) return std::nullopt;
  const Result<Instruction> instruction = reader.next();
  if (!instruction.has_value()) return std::nullopt;
  return *instruction;
}

std::optional<PublicKey> key_of(const Instruction& instruction) {
  if (instruction.opcode != Opcode::pushdata1) return std::nullopt;
  const Result<PublicKey> key = parse_public_key(instruction.operand);
  if (!key.has_value()) return std::nullopt;
  return *key;
}

}  // namespace

Bytes make_signature_script(const PublicKey& key) {
  ScriptBuilder builder;
  builder.push(ByteView(key.compressed())).emit_system_call(kSystemCryptoCheckSig);
  return must_finish(std::move(builder));
}

Result<Bytes> make_multisig_script(std::size_t threshold, std::vector<PublicKey> keys) {
  if (threshold < 1 || threshold > keys.size() || keys.size() > kMultisigKeysMax) {
    return fail(Code::invalid_argument, "The threshold must be 1 to the number of keys");
  }
  std::sort(keys.begin(), keys.end());
  if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) {
    return fail(Code::invalid_argument, "A public key repeats");
  }
  ScriptBuilder builder;
  builder.push(static_cast<std::int64_t>(threshold));
  for (const PublicKey& key : keys) builder.push(ByteView(key.compressed()));
  builder.push(static_cast<std::int64_t>(keys.size()));
  builder.emit_system_call(kSystemCryptoCheckMultisig);
  return std::move(builder).finish();
}

std::size_t byzantine_threshold(std::size_t count) {
  NSL_ASSERT(count > 0);
  return count - (count - 1) / 3;
}

Result<UInt160> byzantine_account(std::span<const PublicKey> keys) {
  if (keys.empty()) return fail(Code::invalid_argument, "An account needs a key");
  NSL_TRY(const Bytes script,
          make_multisig_script(byzantine_threshold(keys.size()),
                               std::vector<PublicKey>(keys.begin(), keys.end())));
  return hash160_of(script);
}

std::size_t majority_threshold(std::size_t count) {
  NSL_ASSERT(count > 0);
  return count - (count - 1) / 2;
}

std::optional<PublicKey> parse_signature_script(ByteView script) {
  ScriptReader reader(script);
  const auto push = next_of(reader);
  const auto call = next_of(reader);
  if (!push.has_value() || !call.has_value() || !reader.at_end()) return std::nullopt;
  if (!is_system_call(*call, kSystemCryptoCheckSig)) return std::nullopt;
  return key_of(*push);
}

std::optional<MultisigScript> parse_multisig_script(ByteView script) {
  ScriptReader reader(script);
  const auto first = next_of(reader);
  const auto threshold = first.has_value() ? count_of(*first) : std::nullopt;
  if (!threshold.has_value()) return std::nullopt;
  MultisigScript result{*threshold, {}};
  auto instruction = next_of(reader);
  while (instruction.has_value() && instruction->opcode == Opcode::pushdata1) {
    const auto key = key_of(*instruction);
    if (!key.has_value() || result.keys.size() == kMultisigKeysMax) return std::nullopt;
    result.keys.push_back(*key);
    instruction = next_of(reader);
  }
  if (!instruction.has_value() || result.keys.size() < result.threshold) return std::nullopt;
  if (count_of(*instruction) != result.keys.size()) return std::nullopt;
  const auto call = next_of(reader);
  if (!call.has_value() || !reader.at_end()) return std::nullopt;
  if (!is_system_call(*call, kSystemCryptoCheckMultisig)) return std::nullopt;
  return result;
}

UInt160 contract_hash(const UInt160& sender, std::uint32_t nef_checksum, std::string_view name) {
  ScriptBuilder builder;
  builder.emit(Opcode::abort).push(sender).push(std::int64_t{nef_checksum}).push(name);
  return hash160_of(must_finish(std::move(builder)));
}

UInt160 native_contract_hash(std::string_view name) { return contract_hash({}, 0, name); }

}  // namespace nsl::neo
