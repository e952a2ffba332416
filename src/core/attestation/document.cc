// Reading the document. Tolerant where AWS may grow (unknown keys, indefinite lengths, absent
// optional fields), strict everywhere else.
#include <algorithm>
#include <limits>

#include "core/attestation/attestation.h"
#include "core/attestation/document.h"
#include "core/base/limits.h"
#include "core/codec/cbor.h"

namespace nsl::attestation {
namespace {

using codec::CborKind;
using codec::CborValue;

// Bounds of the Nitro security module; user_data and nonce are larger in reality than AWS's text
// says (docs/wire.md).
constexpr std::size_t kFieldBytesMax = 1024;
constexpr std::size_t kCertificateBytesMax = 1024;
constexpr std::size_t kModuleIdBytesMax = 256;
constexpr std::uint64_t kRegisterIndexMax = 31;
// The payload's map, its values, what they hold, and one spare level for keys nobody knows yet.
constexpr std::int64_t kDepthMax = 4;
constexpr std::int64_t kItemsMax = 512;
constexpr std::string_view kDigest = "SHA384";

std::unexpected<Error> refuse(std::string_view what) {
  return fail(Code::attestation_malformed,
              "The attestation document's " + std::string(what) + " is not valid");
}

Result<Bytes> take_bytes(const CborValue& value, std::string_view key, std::size_t bytes_max) {
  const auto bytes = value.to_bytes();
  if (!bytes.has_value() || bytes->empty() || bytes->size() > bytes_max) return refuse(key);
  return to_bytes(*bytes);
}

// Null and absent are the same; an empty string is not.
Result<std::optional<Bytes>> take_optional(const CborValue& map, std::string_view key) {
  const CborValue* value = map.find(key);
  if (value == nullptr || value->is_null()) return std::optional<Bytes>();
  const auto bytes = value->to_bytes();
  if (!bytes.has_value() || bytes->size() > kFieldBytesMax) return refuse(key);
  return std::optional<Bytes>(to_bytes(*bytes));
}

Result<Registers> take_registers(const CborValue& map) {
  const CborValue* pcrs = map.find("pcrs");
  if (pcrs == nullptr || pcrs->kind() != CborKind::map) return refuse("pcrs");
  Registers registers;
  for (std::size_t i = 0; i < pcrs->map_size(); ++i) {
    const auto index = pcrs->map_key(i).to_unsigned();
    const auto bytes = pcrs->map_value(i).to_bytes();
    crypto::Digest48 value{};
    if (!index.has_value() || *index > kRegisterIndexMax || !bytes.has_value() ||
        bytes->size() != value.size()) {
      return refuse("pcrs");
    }
    std::copy(bytes->begin(), bytes->end(), value.begin());
    registers[static_cast<std::uint32_t>(*index)] = value;
  }
  for (const std::uint32_t index : kMeasuredRegisters) {
    if (!registers.contains(index)) return refuse("pcrs");
  }
  return registers;
}

Result<std::vector<Bytes>> take_cabundle(const CborValue& map) {
  const CborValue* value = map.find("cabundle");
  if (value == nullptr || value->kind() != CborKind::array) return refuse("cabundle");
  NSL_TRY(const auto entries, value->to_array());
  // The leaf is not in the bundle.
  constexpr auto kEntriesMax = static_cast<std::size_t>(limits::kCertificateChainMax - 1);
  if (entries.empty() || entries.size() > kEntriesMax) return refuse("cabundle");
  std::vector<Bytes> bundle;
  for (const CborValue& entry : entries) {
    NSL_TRY(Bytes certificate, take_bytes(entry, "cabundle", kCertificateBytesMax));
    bundle.push_back(std::move(certificate));
  }
  return bundle;
}

Result<void> take_head(const CborValue& map, Document& document) {
  const CborValue* module_id = map.find("module_id");
  const auto module_text = module_id == nullptr ? refuse("module_id") : module_id->to_text();
  if (!module_text.has_value() || module_text->empty() || module_text->size() > kModuleIdBytesMax) {
    return refuse("module_id");
  }
  document.module_id = *module_text;
  const CborValue* digest = map.find("digest");
  const auto digest_text = digest == nullptr ? refuse("digest") : digest->to_text();
  if (!digest_text.has_value() || *digest_text != kDigest) return refuse("digest");
  const CborValue* timestamp = map.find("timestamp");
  const auto time = timestamp == nullptr ? refuse("timestamp") : timestamp->to_unsigned();
  // Below 2^53, so that no arithmetic on it can overflow.
  if (!time.has_value() || *time == 0 || *time > (std::uint64_t{1} << 53)) {
    return refuse("timestamp");
  }
  document.timestamp = WallTime(static_cast<std::int64_t>(*time));
  return {};
}

Result<Document> parse_payload(ByteView payload) {
  const codec::CborOptions options{
      .form = codec::CborForm::foreign, .depth_max = kDepthMax, .items_max = kItemsMax};
  const auto map = codec::parse_cbor(payload, options);
  if (!map.has_value() || map->kind() != CborKind::map) return refuse("payload");
  for (std::size_t i = 0; i < map->map_size(); ++i) {
    if (map->map_key(i).kind() != CborKind::text) return refuse("payload");
  }
  Document document;
  NSL_TRY_VOID(take_head(*map, document));
  NSL_TRY(document.registers, take_registers(*map));
  const CborValue* certificate = map->find("certificate");
  if (certificate == nullptr) return refuse("certificate");
  NSL_TRY(document.certificate, take_bytes(*certificate, "certificate", kCertificateBytesMax));
  NSL_TRY(document.cabundle, take_cabundle(*map));
  NSL_TRY(document.public_key, take_optional(*map, "public_key"));
  NSL_TRY(document.user_data, take_optional(*map, "user_data"));
  NSL_TRY(document.nonce, take_optional(*map, "nonce"));
  return document;
}

}  // namespace

Result<codec::CoseSign1> parse_envelope(ByteView bytes) {
  if (bytes.size() > static_cast<std::size_t>(limits::kAttestationDocumentBytesMax)) {
    return refuse("size");
  }
  auto envelope = codec::parse_cose_sign1(bytes, codec::CoseTag::tolerated);
  if (!envelope.has_value() || envelope->algorithm != codec::CoseAlgorithm::es384) {
    return refuse("envelope");
  }
  return std::move(*envelope);
}

Result<Document> parse_document(const codec::CoseSign1& envelope) {
  return parse_payload(envelope.payload);
}

Result<Document> parse_document(ByteView bytes) {
  NSL_TRY(const codec::CoseSign1 envelope, parse_envelope(bytes));
  return parse_payload(envelope.payload);
}

}  // namespace nsl::attestation
