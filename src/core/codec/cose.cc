#include "core/codec/cose.h"

#include <optional>
#include <span>

#include "core/base/assert.h"
#include "core/codec/cbor.h"

namespace nsl::codec {
namespace {

constexpr std::uint64_t kSign1Tag = 18;
constexpr std::int64_t kAlgorithmLabel = 1;

std::unexpected<Error> malformed(const char* why) { return fail(Code::malformed_cose, why); }

std::optional<CoseAlgorithm> algorithm_of(std::int64_t label) {
  for (const CoseAlgorithm algorithm : {CoseAlgorithm::es256, CoseAlgorithm::es384}) {
    if (static_cast<std::int64_t>(algorithm) == label) return algorithm;
  }
  return std::nullopt;
}

Result<CoseAlgorithm> parse_protected_header(ByteView header) {
  NSL_TRY(const CborValue map, parse_cbor(header));
  if (map.kind() != CborKind::map || map.map_size() != 1) {
    return malformed("Protected header must name the algorithm only");
  }
  NSL_TRY(const CborValue* value, map.get(kAlgorithmLabel));
  NSL_TRY(const std::int64_t label, value->to_integer());
  const std::optional<CoseAlgorithm> algorithm = algorithm_of(label);
  if (!algorithm) return malformed("Signature algorithm is not supported");
  return *algorithm;
}

}  // namespace

std::size_t signature_size(CoseAlgorithm algorithm) {
  switch (algorithm) {
    case CoseAlgorithm::es256:
      return 64;
    case CoseAlgorithm::es384:
      return 96;
  }
  NSL_ASSERT(false);
  return 0;
}

Result<CoseSign1> parse_cose_sign1(ByteView input, CoseTag tag) {
  NSL_TRY(const CborValue root, parse_cbor(input));
  const CborValue* document = &root;
  if (root.kind() == CborKind::tag && tag == CoseTag::tolerated) {
    NSL_TRY(document, root.to_tagged(kSign1Tag));
  }
  NSL_TRY(const std::span<const CborValue> parts, document->to_array());
  if (parts.size() != 4) return malformed("COSE_Sign1 has four parts");
  NSL_TRY(const ByteView header, parts[0].to_bytes());
  NSL_TRY(const CoseAlgorithm algorithm, parse_protected_header(header));
  if (parts[1].kind() != CborKind::map || parts[1].map_size() != 0) {
    return malformed("Unprotected header must be empty");
  }
  NSL_TRY(const ByteView payload, parts[2].to_bytes());
  NSL_TRY(const ByteView signature, parts[3].to_bytes());
  if (signature.size() != signature_size(algorithm)) {
    return malformed("Signature has the wrong length");
  }
  return CoseSign1{.algorithm = algorithm,
                   .protected_header = to_bytes(header),
                   .payload = to_bytes(payload),
                   .signature = to_bytes(signature)};
}

Bytes encode_cose_sign1(const CoseSign1& document) {
  NSL_ASSERT(document.protected_header == cose_protected_header(document.algorithm));
  NSL_ASSERT(document.signature.size() == signature_size(document.algorithm));
  CborWriter writer;
  writer.begin_array(4)
      .write_bytes(document.protected_header)
      .begin_map(0)
      .write_bytes(document.payload)
      .write_bytes(document.signature);
  return std::move(writer).take();
}

Bytes cose_protected_header(CoseAlgorithm algorithm) {
  CborWriter writer;
  writer.begin_map(1)
      .write_integer(kAlgorithmLabel)
      .write_integer(static_cast<std::int64_t>(algorithm));
  return std::move(writer).take();
}

Bytes sig_structure(ByteView protected_header, ByteView external_aad, ByteView payload) {
  CborWriter writer;
  writer.begin_array(4)
      .write_text("Signature1")
      .write_bytes(protected_header)
      .write_bytes(external_aad)
      .write_bytes(payload);
  return std::move(writer).take();
}

}  // namespace nsl::codec
