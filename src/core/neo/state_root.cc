#include "core/neo/state_root.h"

#include "core/codec/byte_io.h"
#include "core/neo/rpc_signer.h"
#include "core/neo/transaction.h"

namespace nsl::neo {
namespace {

// neo-project/neo StateRoot.CurrentVersion.
constexpr std::uint8_t kVersion = 0;

void write_unsigned(codec::ByteWriter& writer, const StateRoot& root) {
  writer.write_u8(kVersion).write_u32(root.index.value());
  writer.write_fixed(root.root.little_endian());
}

}  // namespace

Bytes encode_unsigned(const StateRoot& root) {
  codec::ByteWriter writer;
  write_unsigned(writer, root);
  return std::move(writer).take();
}

Bytes encode(const StateRoot& root) {
  codec::ByteWriter writer;
  write_unsigned(writer, root);
  writer.write_varint(root.witness.has_value() ? 1 : 0);
  if (root.witness.has_value()) write_witness(writer, *root.witness);
  return std::move(writer).take();
}

UInt256 hash_of(const StateRoot& root) { return sha256_of(encode_unsigned(root)); }

Result<StateRoot> parse_state_root(ByteView bytes) {
  codec::ByteReader reader(bytes);
  StateRoot root;
  NSL_TRY(const std::uint8_t version, reader.read_u8());
  if (version != kVersion) return fail(Code::unsupported_version);
  NSL_TRY(const std::uint32_t index, reader.read_u32());
  root.index = BlockIndex(index);
  NSL_TRY(const UInt256::Array hash, reader.read_array<UInt256::kSize>());
  root.root = UInt256(hash);
  NSL_TRY(const std::uint64_t witnesses, reader.read_varint(1));
  if (witnesses == 1) {
    NSL_TRY(root.witness, read_witness(reader));
  }
  NSL_TRY_VOID(reader.expect_end());
  return root;
}

JsonValue to_json(const StateRoot& root) {
  JsonValue witnesses = JsonValue::array();
  if (root.witness.has_value()) witnesses.add(to_json(*root.witness));
  return JsonValue::object()
      .add("version", JsonValue::integer(kVersion))
      .add("index", JsonValue::integer(root.index.value()))
      .add("roothash", JsonValue::string(root.root.to_text()))
      .add("witnesses", std::move(witnesses));
}

Result<StateRoot> parse_rpc_state_root(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_proof);
  NSL_TRY(const std::uint64_t version, members.get_unsigned("version", UINT8_MAX));
  if (version != kVersion) return fail(Code::unsupported_version);
  StateRoot root;
  NSL_TRY(const std::uint64_t index, members.get_unsigned("index", UINT32_MAX));
  root.index = BlockIndex(static_cast<std::uint32_t>(index));
  NSL_TRY(const std::string hash, members.get_string("roothash"));
  NSL_TRY(root.root, UInt256::parse(hash));
  if (members.find("witnesses") == nullptr) return root;
  NSL_TRY(const JsonValue::Array& witnesses, members.get_array("witnesses", 1));
  if (!witnesses.empty()) {
    NSL_TRY(root.witness, parse_rpc_witness(witnesses.front()));
  }
  return root;
}

Result<void> verify_state_root(const StateRoot& root, const UInt160& validators,
                               NetworkMagic magic) {
  if (!root.witness.has_value()) {
    return fail(Code::invalid_signature, "The state root is not signed yet");
  }
  return verify_witness(*root.witness, validators, signing_message(magic, hash_of(root)));
}

}  // namespace nsl::neo
