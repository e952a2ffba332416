#include "enclave/development/software_security_module.h"

#include <array>
#include <utility>

#include "core/codec/cbor.h"
#include "core/codec/hex.h"
#include "core/crypto/cose_sign_es384.h"

namespace nsl::enclave::development {
namespace {

using codec::CborWriter;

// A document must outlive its delivery by this much.
constexpr std::int64_t kLeafMarginMs = 30 * 60'000;
// Bound of the real module.
constexpr std::size_t kFieldBytesMax = 1024;

// The same for all starts of an installation.
std::string module_id_of(const DevelopmentRoot& root) {
  return "nsl-dev-" + codec::encode_hex(ByteView(crypto::sha256(root.certificate)).first(8));
}

// PCR0 both, PCR1 platform, PCR2 application; PCR3 and PCR4 say what this is.
Result<RegisterBank> measure(const SoftwareModuleOptions& options, std::string_view module_id) {
  std::vector<std::string> all = options.platform_files;
  all.insert(all.end(), options.application_files.begin(), options.application_files.end());
  const std::array<std::span<const std::string>, 3> measured = {all, options.platform_files,
                                                                options.application_files};
  RegisterBank bank;
  for (std::uint32_t index = 0; index < measured.size(); ++index) {
    NSL_TRY(const crypto::Digest48 value, measure_files(measured[index]));
    NSL_TRY_VOID(bank.extend(index, value));
  }
  NSL_TRY_VOID(bank.extend(3, as_bytes(kRootCommonName)));
  NSL_TRY_VOID(bank.extend(4, as_bytes(module_id)));
  for (std::uint32_t index = 0; index < 5; ++index) NSL_TRY_VOID(bank.lock(index));
  return bank;
}

// Key, then value written by `write`.
template <class Write>
void write_entry(Bytes& payload, std::string_view key, Write write) {
  CborWriter name;
  append(payload, std::move(name.write_text(key)).take());
  CborWriter value;
  write(value);
  append(payload, std::move(value).take());
}

void write_optional(Bytes& payload, std::string_view key, const std::optional<Bytes>& bytes) {
  write_entry(payload, key, [&bytes](CborWriter& out) {
    if (bytes.has_value()) {
      out.write_bytes(*bytes);
    } else {
      out.write_null();
    }
  });
}

bool fits(const std::optional<Bytes>& field) {
  return !field.has_value() || field->size() <= kFieldBytesMax;
}

// The payload's map has the real module's order, which is not that of deterministic CBOR.
Bytes document_payload(const LeafChain& chain, const attest::ModuleDescription& description,
                       WallTime now, const attest::AttestationRequest& request) {
  Bytes payload = {0xa9};  // a map of nine entries
  write_entry(payload, "module_id",
              [&](CborWriter& out) { out.write_text(description.module_id); });
  write_entry(payload, "digest", [](CborWriter& out) { out.write_text("SHA384"); });
  write_entry(payload, "timestamp", [now](CborWriter& out) {
    out.write_unsigned(static_cast<std::uint64_t>(now.value()));
  });
  write_entry(payload, "pcrs", [&](CborWriter& out) {
    out.begin_map(description.registers.size());
    for (const auto& [index, value] : description.registers) {
      out.write_unsigned(index).write_bytes(value);
    }
  });
  write_entry(payload, "certificate", [&](CborWriter& out) { out.write_bytes(chain.certificate); });
  write_entry(payload, "cabundle", [&](CborWriter& out) {
    out.begin_array(chain.cabundle.size());
    for (const Bytes& certificate : chain.cabundle) out.write_bytes(certificate);
  });
  write_optional(payload, "public_key", request.public_key);
  write_optional(payload, "user_data", request.user_data);
  write_optional(payload, "nonce", request.nonce);
  return payload;
}

}  // namespace

Result<std::unique_ptr<SoftwareSecurityModule>> SoftwareSecurityModule::open(
    const SoftwareModuleOptions& options, const Clock& clock, Random& random) {
  NSL_TRY(DevelopmentRoot root, load_development_root(options.directory, clock, random));
  NSL_TRY(RegisterBank bank, measure(options, module_id_of(root)));
  return std::unique_ptr<SoftwareSecurityModule>(
      new SoftwareSecurityModule(std::move(root), std::move(bank), clock, random));
}

SoftwareSecurityModule::SoftwareSecurityModule(DevelopmentRoot root, RegisterBank bank,
                                               const Clock& clock, Random& random)
    : root_(std::move(root)),
      clock_(clock),
      random_(random),
      module_id_(module_id_of(root_)),
      bank_(std::move(bank)) {}

Result<void> SoftwareSecurityModule::renew_chain(WallTime now) {
  if (chain_ != nullptr && now.value() < chain_->not_after.value() - kLeafMarginMs) return {};
  NSL_TRY(LeafChain chain, issue_leaf_chain(root_, module_id_, now, random_));
  chain_ = std::make_unique<LeafChain>(std::move(chain));
  return {};
}

Result<Bytes> SoftwareSecurityModule::attest(const attest::AttestationRequest& request) {
  if (!fits(request.user_data) || !fits(request.nonce) || !fits(request.public_key)) {
    return fail(Code::attestation_unavailable, "The security module did not answer as asked",
                "InputTooLarge");
  }
  const WallTime now = clock_.wall_time();
  MutexLock lock(mutex_);
  NSL_TRY_VOID(renew_chain(now));
  const attest::ModuleDescription description{.module_id = module_id_,
                                              .registers = bank_.described()};
  return crypto::cose_sign_es384(chain_->key, document_payload(*chain_, description, now, request));
}

Result<attest::ModuleDescription> SoftwareSecurityModule::describe() {
  MutexLock lock(mutex_);
  return attest::ModuleDescription{.module_id = module_id_, .registers = bank_.described()};
}

Result<void> SoftwareSecurityModule::fill_random(std::span<std::uint8_t> bytes) {
  random_.fill(bytes);
  return {};
}

}  // namespace nsl::enclave::development
