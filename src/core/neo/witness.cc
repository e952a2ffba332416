#include "core/neo/witness.h"

#include <algorithm>
#include <optional>

#include "core/base/limits.h"
#include "core/neo/contract.h"
#include "core/neo/opcode.h"
#include "core/neo/script_reader.h"

namespace nsl::neo {
namespace {

void push_signature(Bytes& script, ByteView signature) {
  script.push_back(static_cast<std::uint8_t>(Opcode::pushdata1));
  script.push_back(static_cast<std::uint8_t>(signature.size()));
  append(script, signature);
}

// As the virtual machine does: each signature belongs to a later key than the one before it.
bool verify_in_order(const std::vector<PublicKey>& keys, const std::vector<Signature>& signatures,
                     ByteView message) {
  std::size_t verified = 0;
  for (std::size_t i = 0; i < keys.size() && verified < signatures.size(); ++i) {
    if (keys.size() - i < signatures.size() - verified) return false;
    if (crypto::p256_verify(keys[i], message, signatures[verified])) ++verified;
  }
  return verified == signatures.size();
}

}  // namespace

Bytes make_invocation_script(std::span<const Signature> signatures) {
  Bytes script;
  for (const Signature& each : signatures) push_signature(script, each);
  return script;
}

std::optional<std::vector<Signature>> pushed_signatures(ByteView invocation_script) {
  std::vector<Signature> signatures;
  ScriptReader reader(invocation_script);
  while (!reader.at_end()) {
    const Result<Instruction> instruction = reader.next();
    if (!instruction.has_value() || instruction->opcode != Opcode::pushdata1 ||
        instruction->operand.size() != crypto::kP256SignatureBytes) {
      return std::nullopt;
    }
    Signature signature{};
    std::copy(instruction->operand.begin(), instruction->operand.end(), signature.begin());
    signatures.push_back(signature);
  }
  return signatures;
}

Result<void> check_witness_size(const Witness& witness) {
  if (witness.invocation.size() > limits::kNeoWitnessScriptBytesMax ||
      witness.verification.size() > limits::kNeoWitnessScriptBytesMax) {
    return fail(Code::invalid_transaction, "A witness script is too long");
  }
  return {};
}

void write_witness(codec::ByteWriter& writer, const Witness& witness) {
  writer.write_var_bytes(witness.invocation).write_var_bytes(witness.verification);
}

Result<Witness> read_witness(codec::ByteReader& reader) {
  NSL_TRY(const ByteView invocation, reader.read_var_bytes(limits::kNeoWitnessScriptBytesMax));
  NSL_TRY(const ByteView verification, reader.read_var_bytes(limits::kNeoWitnessScriptBytesMax));
  return Witness{to_bytes(invocation), to_bytes(verification)};
}

Witness make_witness(const PublicKey& key, const Signature& signature) {
  Witness witness;
  push_signature(witness.invocation, signature);
  witness.verification = make_signature_script(key);
  return witness;
}

Result<Witness> make_multisig_witness(ByteView script, std::span<const KeySignature> signatures) {
  const auto parsed = parse_multisig_script(script);
  if (!parsed.has_value()) return fail(Code::invalid_script, "Not a multi-signature script");
  if (signatures.size() != parsed->threshold) {
    return fail(Code::invalid_argument, "The number of signatures is not the threshold");
  }
  Witness witness;
  std::size_t placed = 0;
  for (const PublicKey& key : parsed->keys) {
    for (const KeySignature& each : signatures) {
      if (each.key != key) continue;
      push_signature(witness.invocation, each.signature);
      ++placed;
      break;
    }
  }
  if (placed != signatures.size()) {
    return fail(Code::invalid_argument, "A signature's key is not in the script, or repeats");
  }
  witness.verification = to_bytes(script);
  return witness;
}

Result<void> WitnessVerifier::take_script(ByteView verification) {
  if (threshold_ > 0 && equal(verification, script_)) return {};
  if (const auto key = parse_signature_script(verification); key.has_value()) {
    threshold_ = 1;
    keys_ = {*key};
  } else if (auto multisig = parse_multisig_script(verification); multisig.has_value()) {
    threshold_ = multisig->threshold;
    keys_ = std::move(multisig->keys);
  } else {
    return fail(Code::invalid_signature, "Only accounts of keys can be verified here");
  }
  script_ = to_bytes(verification);
  return {};
}

Result<void> WitnessVerifier::verify(const Witness& witness, const UInt160& account,
                                     ByteView message) {
  NSL_TRY_VOID(check_witness_size(witness));
  if (hash160_of(witness.verification) != account) {
    return fail(Code::invalid_signature, "The witness is of another account");
  }
  const auto signatures = pushed_signatures(witness.invocation);
  if (!signatures.has_value()) {
    return fail(Code::invalid_signature, "The invocation script is not a list of signatures");
  }
  NSL_TRY_VOID(take_script(witness.verification));
  if (signatures->size() != threshold_ || !verify_in_order(keys_, *signatures, message)) {
    return fail(Code::invalid_signature);
  }
  return {};
}

Result<void> verify_witness(const Witness& witness, const UInt160& account, ByteView message) {
  return WitnessVerifier().verify(witness, account, message);
}

}  // namespace nsl::neo
