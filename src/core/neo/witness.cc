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
  last_signers_.clear();
  return {};
}

std::optional<std::size_t> WitnessVerifier::find_key(
    const Signature& signature, ByteView message, std::span<const std::size_t> candidates) const {
  for (const std::size_t candidate : candidates) {
    if (crypto::p256_verify(keys_[candidate], message, signature)) return candidate;
  }
  return std::nullopt;
}

std::optional<std::vector<std::size_t>> WitnessVerifier::find_signers(
    const std::vector<Signature>& signatures, ByteView message,
    std::span<const std::size_t> likely) const {
  std::vector<std::size_t> signers;
  std::size_t first = 0;
  for (const Signature& signature : signatures) {
    // Each signature after this one needs a key of its own.
    const std::size_t end = keys_.size() - (signatures.size() - signers.size()) + 1;
    std::vector<std::size_t> candidates;
    for (std::size_t i = first; i < end; ++i) candidates.push_back(i);
    const auto guess = std::ranges::lower_bound(likely, first);
    const auto found =
        guess == likely.end() ? candidates.end() : std::ranges::find(candidates, *guess);
    if (found != candidates.end()) std::rotate(candidates.begin(), found, found + 1);
    const std::optional<std::size_t> key = find_key(signature, message, candidates);
    if (!key.has_value()) return std::nullopt;
    signers.push_back(*key);
    first = *key + 1;
  }
  return signers;
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
  if (signatures->size() != threshold_) return fail(Code::invalid_signature);
  auto signers = find_signers(*signatures, message, last_signers_);
  // As the virtual machine does, which takes the first key that fits: a signature can be made to
  // fit two.
  if (!signers.has_value()) signers = find_signers(*signatures, message, {});
  if (!signers.has_value()) return fail(Code::invalid_signature);
  last_signers_ = std::move(*signers);
  return {};
}

Result<void> verify_witness(const Witness& witness, const UInt160& account, ByteView message) {
  return WitnessVerifier().verify(witness, account, message);
}

}  // namespace nsl::neo
