#include "enclave/attest/nsm_protocol.h"

#include <algorithm>
#include <utility>

#include "core/codec/cbor.h"

namespace nsl::enclave::attest {
namespace {

using codec::CborValue;
using codec::CborWriter;

constexpr std::uint64_t kRegisterIndexMax = 31;
constexpr codec::CborOptions kForeign{
    .form = codec::CborForm::foreign, .depth_max = 4, .items_max = 256};

std::unexpected<Error> unexpected_reply(std::string detail) {
  return fail(Code::attestation_unavailable, "The security module did not answer as asked",
              std::move(detail));
}

Bytes encode_name(std::string_view name) {
  CborWriter out;
  out.write_text(name);
  return std::move(out).take();
}

void write_optional(CborWriter& out, std::string_view key, const std::optional<Bytes>& bytes) {
  out.write_text(key);
  if (bytes.has_value()) {
    out.write_bytes(*bytes);
  } else {
    out.write_null();
  }
}

// Hands the arguments of the reply `name` to `read`.
template <class Read>
auto parse_reply(ByteView reply, std::string_view name, Read read)
    -> decltype(read(std::declval<const CborValue&>())) {
  if (reply.size() > kNsmReplyBytesMax) return unexpected_reply("size");
  const auto value = codec::parse_cbor(reply, kForeign);
  if (!value.has_value()) return unexpected_reply("not CBOR");
  if (const CborValue* error = value->find("Error"); error != nullptr) {
    const auto text = error->to_text();
    return unexpected_reply(text.has_value() ? std::string(*text) : "error");
  }
  const CborValue* arguments = value->find(name);
  if (arguments == nullptr || value->map_size() != 1) return unexpected_reply("another reply");
  auto result = read(*arguments);
  if (!result.has_value()) return unexpected_reply(result.error().message());
  return result;
}

Result<Bytes> read_field(const CborValue& arguments, std::string_view key) {
  NSL_TRY(const CborValue* value, arguments.get(key));
  NSL_TRY(const ByteView bytes, value->to_bytes());
  return to_bytes(bytes);
}

Result<std::uint16_t> read_index(const CborValue& value, std::uint64_t maximum) {
  NSL_TRY(const std::uint64_t number, value.to_unsigned());
  if (number > maximum) return fail(Code::malformed_cbor, "register index");
  return static_cast<std::uint16_t>(number);
}

Result<NsmDescription> read_description(const CborValue& arguments) {
  NsmDescription description;
  NSL_TRY(const CborValue* module_id, arguments.get("module_id"));
  NSL_TRY(const std::string_view text, module_id->to_text());
  description.module_id = text;
  NSL_TRY(const CborValue* maximum, arguments.get("max_pcrs"));
  NSL_TRY(description.registers_max, read_index(*maximum, kRegisterIndexMax + 1));
  NSL_TRY(const CborValue* locked, arguments.get("locked_pcrs"));
  NSL_TRY(const auto indexes, locked->to_array());
  for (const CborValue& index : indexes) {
    NSL_TRY(const std::uint16_t number, read_index(index, kRegisterIndexMax));
    description.locked_registers.push_back(number);
  }
  return description;
}

Result<crypto::Digest48> read_register(const CborValue& arguments) {
  NSL_TRY(const Bytes data, read_field(arguments, "data"));
  crypto::Digest48 value{};
  if (data.size() != value.size()) return fail(Code::malformed_cbor, "register size");
  std::ranges::copy(data, value.begin());
  return value;
}

}  // namespace

Bytes encode_describe_module() { return encode_name("DescribeNSM"); }

Bytes encode_get_random() { return encode_name("GetRandom"); }

Bytes encode_describe_register(std::uint16_t index) {
  CborWriter out;
  out.begin_map(1).write_text("DescribePCR").begin_map(1).write_text("index");
  out.write_unsigned(index);
  return std::move(out).take();
}

Bytes encode_attestation(const AttestationRequest& request) {
  CborWriter out;
  out.begin_map(1).write_text("Attestation").begin_map(3);
  write_optional(out, "user_data", request.user_data);
  write_optional(out, "nonce", request.nonce);
  write_optional(out, "public_key", request.public_key);
  return std::move(out).take();
}

Result<NsmDescription> parse_describe_module(ByteView reply) {
  return parse_reply(reply, "DescribeNSM", read_description);
}

Result<crypto::Digest48> parse_describe_register(ByteView reply) {
  return parse_reply(reply, "DescribePCR", read_register);
}

Result<Bytes> parse_get_random(ByteView reply) {
  return parse_reply(reply, "GetRandom",
                     [](const CborValue& arguments) { return read_field(arguments, "random"); });
}

Result<Bytes> parse_attestation(ByteView reply) {
  return parse_reply(reply, "Attestation",
                     [](const CborValue& arguments) { return read_field(arguments, "document"); });
}

}  // namespace nsl::enclave::attest
