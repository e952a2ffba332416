// attest and verify: what runs there, and whether a file proves what it says.
#include <algorithm>

#include "client/cli/commands.h"
#include "client/cli/context.h"
#include "client/cli/files.h"
#include "client/verify/verify.h"
#include "core/codec/hex.h"

namespace nsl::client::cli {
namespace {

constexpr std::size_t kNonceBytes = 32;

Object registers_object(const attestation::Registers& registers) {
  Object object;
  for (const auto& [index, value] : registers) {
    if (value == crypto::Digest48{}) continue;
    object.push_back({std::to_string(index), codec::encode_hex(value)});
  }
  return object;
}

Object describe(const attestation::VerifiedAttestation& attested) {
  return {{"mode", std::string(attestation::to_text(attested.mode))},
          {"module_id", attested.module_id},
          {"timestamp", to_rfc3339(attested.timestamp)},
          {"version", attested.binding.version},
          {"boot_id", codec::encode_hex(attested.binding.boot_id)},
          {"sealing_key", codec::encode_hex(attested.binding.sealing_key.compressed())},
          {"receipt_key", codec::encode_hex(attested.binding.receipt_key.compressed())},
          {"state_counter", std::to_string(attested.binding.state_counter)},
          {"pcrs", registers_object(attested.registers)}};
}

Object describe(const receipt::Receipt& receipt) {
  List transactions;
  for (const std::string& hash : receipt.transactions) transactions.emplace_back(hash);
  return {{"run", receipt.run},
          {"function", receipt.function},
          {"function_version", std::int64_t{receipt.function_version}},
          {"function_digest", "0x" + codec::encode_hex(receipt.function_digest)},
          {"status", receipt.status},
          {"input_hash", codec::encode_hex(receipt.input_hash)},
          {"output_hash", codec::encode_hex(receipt.output_hash)},
          {"event", receipt.event.has_value() ? receipt.event->id : std::string()},
          {"event_proof", receipt.event.has_value() ? receipt.event->proof : std::string()},
          {"transactions", std::move(transactions)},
          {"time", receipt.time}};
}

Result<ExitCode> attest(Context& context, const Arguments& arguments) {
  NSL_TRY(api::Session* const session, open_session(context));
  Bytes nonce = to_bytes(ByteView(context.random.bytes<kNonceBytes>()));
  if (arguments.has("--nonce")) {
    NSL_TRY(nonce, codec::decode_hex(arguments.value("--nonce")));
  }
  NSL_TRY(const api::Evidence evidence,
          api::fetch_evidence(*session, session->trust(), nonce, context.clock));
  if (arguments.has("--out")) {
    NSL_TRY_VOID(write_file(arguments.value("--out"), as_bytes(evidence.reply.document())));
  }
  Object answer = describe(evidence.verified);
  answer.push_back({"nonce", codec::encode_hex(nonce)});
  answer.push_back({"verified", true});
  context.printer.answer(answer);
  if (!session->trust().development_root.has_value() && session->trust().measurements.empty()) {
    context.printer.warn(
        "This proves some enclave of AWS's. Pin a release: nsl login --manifest F");
  }
  return ExitCode::success;
}

struct Verification {
  Object answer;
  bool is_valid = false;
};

Verification verify_one(const std::string& name, ByteView bytes,
                        const attestation::TrustAnchor& anchor,
                        const attestation::Registers& measurements) {
  Object answer{{"file", name}};
  const auto evidence = verify::check_evidence(bytes, anchor, measurements);
  if (!evidence.has_value()) {
    answer.push_back({"valid", false});
    answer.push_back({"code", std::string(code_text(evidence.error().code()))});
    answer.push_back({"reason", evidence.error().message()});
    return {std::move(answer), false};
  }
  answer.push_back({"valid", true});
  if (evidence->receipt.has_value()) {
    answer.push_back({"kind", "receipt"});
    answer.push_back({"receipt", describe(evidence->receipt->receipt)});
    answer.push_back({"attestation", describe(evidence->receipt->attestation)});
  } else {
    const attestation::Document& document = *evidence->document;
    answer.push_back({"kind", "attestation"});
    answer.push_back(
        {"attestation", Object{{"mode", std::string(attestation::to_text(anchor.mode))},
                               {"module_id", document.module_id},
                               {"timestamp", to_rfc3339(document.timestamp)},
                               {"pcrs", registers_object(document.registers)}}});
  }
  return {std::move(answer), true};
}

Result<attestation::TrustAnchor> choose_anchor(const Arguments& arguments) {
  if (!arguments.has("--development-root")) return attestation::aws_nitro_root();
  NSL_TRY(const std::string pem, read_file(arguments.value("--development-root")));
  return attestation::parse_development_root(pem);
}

Result<ExitCode> verify_files(Context& context, const Arguments& arguments) {
  NSL_TRY(const attestation::TrustAnchor anchor, choose_anchor(arguments));
  attestation::Registers measurements;
  if (arguments.has("--manifest")) {
    NSL_TRY(const std::string manifest, read_file(arguments.value("--manifest")));
    NSL_TRY(measurements, parse_measurements(manifest));
  }
  List results;
  bool all_valid = true;
  for (const std::string& name : arguments.values("FILE")) {
    NSL_TRY(const std::string text, read_file(name));
    Verification verification = verify_one(name, as_bytes(text), anchor, measurements);
    all_valid = all_valid && verification.is_valid;
    if (context.printer.format() == Format::human) context.printer.answer(verification.answer);
    results.emplace_back(std::move(verification.answer));
  }
  if (context.printer.format() == Format::json) {
    context.printer.answer(Object{{"valid", all_valid}, {"results", std::move(results)}});
  }
  if (all_valid) return ExitCode::success;
  if (!arguments.has("--development-root")) {
    context.printer.say("From a development enclave? nsl verify --development-root PEM FILE");
  }
  return ExitCode::verification_failed;
}

}  // namespace

std::vector<Command> evidence_commands() {
  return {
      {.words = "attest",
       .summary = "Fetch and verify the enclave's attestation",
       .options = {{.name = "--nonce", .help = "Hex to sign into the document; fresh by default"},
                   {.name = "--out", .help = "File to keep the document in"}},
       .example = "nsl attest --out attestation.cose",
       .run = attest},
      {.words = "verify",
       .summary = "Check receipts and attestation documents offline",
       .options = {{.name = "FILE",
                    .help = "Receipt or attestation document",
                    .kind = Option::Kind::list,
                    .required = true},
                   {.name = "--development-root",
                    .help = "PEM of a development root to trust instead of AWS's root"},
                   {.name = "--manifest", .help = "Measurements the enclave must have"}},
       .example = "nsl verify receipt.cose",
       .run = verify_files},
  };
}

}  // namespace nsl::client::cli
