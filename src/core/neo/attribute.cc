#include "core/neo/attribute.h"

namespace nsl::neo {
namespace {

// neo-project/neo OracleResponse.MaxResultSize.
constexpr std::size_t kOracleResultBytesMax = 65535;

// In the order of the variant's alternatives.
constexpr AttributeType kTypeOfAlternative[] = {
    AttributeType::high_priority, AttributeType::oracle_response, AttributeType::not_valid_before,
    AttributeType::conflicts, AttributeType::notary_assisted};

bool is_oracle_code(std::uint8_t byte) {
  switch (static_cast<OracleCode>(byte)) {
    case OracleCode::success:
    case OracleCode::protocol_not_supported:
    case OracleCode::consensus_unreachable:
    case OracleCode::not_found:
    case OracleCode::timeout:
    case OracleCode::forbidden:
    case OracleCode::response_too_large:
    case OracleCode::insufficient_funds:
    case OracleCode::content_type_not_supported:
    case OracleCode::error:
      return true;
  }
  return false;
}

struct Writer {
  codec::ByteWriter& out;

  void operator()(const HighPriority&) const {}
  void operator()(const OracleResponse& value) const {
    out.write_u64(value.id).write_u8(static_cast<std::uint8_t>(value.code));
    out.write_var_bytes(value.result);
  }
  void operator()(const NotValidBefore& value) const { out.write_u32(value.height.value()); }
  void operator()(const Conflicts& value) const {
    out.write_fixed(value.transaction.little_endian());
  }
  void operator()(const NotaryAssisted& value) const { out.write_u8(value.key_count); }
};

Result<Attribute> read_oracle_response(codec::ByteReader& reader) {
  OracleResponse response;
  NSL_TRY(response.id, reader.read_u64());
  NSL_TRY(const std::uint8_t code, reader.read_u8());
  if (!is_oracle_code(code)) return fail(Code::invalid_transaction, "Unknown oracle code");
  response.code = static_cast<OracleCode>(code);
  NSL_TRY(const ByteView result, reader.read_var_bytes(kOracleResultBytesMax));
  response.result = to_bytes(result);
  NSL_TRY_VOID(check_attribute(response));
  return response;
}

}  // namespace

AttributeType attribute_type(const Attribute& attribute) {
  return kTypeOfAlternative[attribute.index()];
}

std::string_view attribute_name(AttributeType type) {
  switch (type) {
    case AttributeType::high_priority:
      return "HighPriority";
    case AttributeType::oracle_response:
      return "OracleResponse";
    case AttributeType::not_valid_before:
      return "NotValidBefore";
    case AttributeType::conflicts:
      return "Conflicts";
    case AttributeType::notary_assisted:
      return "NotaryAssisted";
  }
  return "";
}

Result<void> check_attribute(const Attribute& attribute) {
  const auto* response = std::get_if<OracleResponse>(&attribute);
  if (response == nullptr) return {};
  if (response->result.size() > kOracleResultBytesMax) {
    return fail(Code::invalid_transaction, "The oracle result is too long");
  }
  if (response->code != OracleCode::success && !response->result.empty()) {
    return fail(Code::invalid_transaction, "A failed oracle response has no result");
  }
  return {};
}

void write_attribute(codec::ByteWriter& writer, const Attribute& attribute) {
  writer.write_u8(static_cast<std::uint8_t>(attribute_type(attribute)));
  std::visit(Writer{writer}, attribute);
}

Result<Attribute> read_attribute(codec::ByteReader& reader) {
  NSL_TRY(const std::uint8_t type, reader.read_u8());
  switch (static_cast<AttributeType>(type)) {
    case AttributeType::high_priority:
      return HighPriority{};
    case AttributeType::oracle_response:
      return read_oracle_response(reader);
    case AttributeType::not_valid_before: {
      NSL_TRY(const std::uint32_t height, reader.read_u32());
      return NotValidBefore{BlockIndex(height)};
    }
    case AttributeType::conflicts: {
      NSL_TRY(const UInt256::Array hash, reader.read_array<UInt256::kSize>());
      return Conflicts{UInt256(hash)};
    }
    case AttributeType::notary_assisted: {
      NSL_TRY(const std::uint8_t key_count, reader.read_u8());
      return NotaryAssisted{key_count};
    }
  }
  return fail(Code::invalid_transaction, "Unknown attribute");
}

}  // namespace nsl::neo
