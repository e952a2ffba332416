#include <algorithm>

#include "core/attestation/attestation.h"
#include "core/codec/cbor.h"

namespace nsl::attestation {
namespace {

constexpr std::string_view kDomain = "nsl-att-v1";
constexpr std::size_t kFields = 7;

std::unexpected<Error> refuse() {
  return fail(Code::attestation_binding_mismatch, "The attestation binding is malformed");
}

template <std::size_t N>
Result<void> take(const codec::CborValue& value, std::array<std::uint8_t, N>& target) {
  const auto bytes = value.to_bytes();
  if (!bytes.has_value() || bytes->size() != N) return refuse();
  std::copy(bytes->begin(), bytes->end(), target.begin());
  return {};
}

Result<crypto::P256PublicKey> take_key(const codec::CborValue& value, std::size_t size) {
  const auto bytes = value.to_bytes();
  if (!bytes.has_value() || bytes->size() != size) return refuse();
  const auto key = crypto::P256PublicKey::parse(*bytes);
  if (!key.has_value()) return refuse();
  return *key;
}

}  // namespace

Bytes encode_binding(const Binding& binding) {
  codec::CborWriter out;
  out.begin_array(kFields)
      .write_text(kDomain)
      .write_bytes(binding.boot_id)
      .write_bytes(binding.sealing_key.uncompressed())
      .write_bytes(binding.receipt_key.compressed())
      .write_unsigned(binding.state_counter)
      .write_bytes(binding.state_head)
      .write_text(binding.version);
  return std::move(out).take();
}

Result<Binding> parse_binding(ByteView bytes) {
  const auto parsed = codec::parse_cbor(bytes);
  if (!parsed.has_value()) return refuse();
  const auto fields = parsed->to_array();
  if (!fields.has_value() || fields->size() != kFields) return refuse();
  const auto domain = (*fields)[0].to_text();
  if (!domain.has_value() || *domain != kDomain) return refuse();
  NSL_TRY(const auto sealing_key, take_key((*fields)[2], crypto::kP256UncompressedBytes));
  NSL_TRY(const auto receipt_key, take_key((*fields)[3], crypto::kP256CompressedBytes));
  Binding binding{.sealing_key = sealing_key, .receipt_key = receipt_key, .version = {}};
  NSL_TRY_VOID(take((*fields)[1], binding.boot_id));
  NSL_TRY_VOID(take((*fields)[5], binding.state_head));
  const auto counter = (*fields)[4].to_unsigned();
  const auto version = (*fields)[6].to_text();
  if (!counter.has_value() || !version.has_value()) return refuse();
  binding.state_counter = *counter;
  binding.version = *version;
  return binding;
}

}  // namespace nsl::attestation
