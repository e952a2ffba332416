// block decode, header decode.
#include "client/neo/input.h"
#include "client/neo/tools.h"
#include "core/neo/rpc_transaction.h"

namespace nsl::client::neo_tools {
namespace {

using neo::JsonValue;

// Bytes, or the RPC form of a node's reply, whose hash is then checked.
Result<JsonValue> decode_block(const Input& input) {
  const JsonValue* given = input.find("block");
  if (given != nullptr && given->find_object() != nullptr) {
    NSL_TRY(const neo::Block block, neo::parse_rpc_block(*given));
    return neo::to_json(block);
  }
  NSL_TRY(const Bytes bytes, input.get_encoded("block"));
  NSL_TRY(const neo::Block block, decoded(neo::parse_block(bytes), Code::invalid_block));
  return neo::to_json(block);
}

Result<JsonValue> decode_header(const Input& input) {
  const JsonValue* given = input.find("header");
  if (given != nullptr && given->find_object() != nullptr) {
    NSL_TRY(const neo::Header header, neo::parse_rpc_header(*given));
    return neo::to_json(header);
  }
  NSL_TRY(const Bytes bytes, input.get_encoded("header"));
  NSL_TRY(const neo::Header header, decoded(neo::parse_header(bytes), Code::invalid_block));
  return neo::to_json(header);
}

}  // namespace

std::vector<Tool> block_tools() {
  return {
      {.words = "block decode",
       .summary = "A block in the form of a node's RPC, hash and merkle root checked",
       .fields = {{.name = "block",
                   .help = "Hex, Base64 or RPC form",
                   .kind = FieldKind::document}},
       .example = "nsl neo block decode --block-file block.hex",
       .run = decode_block},
      {.words = "header decode",
       .summary = "A header in the form of a node's RPC",
       .fields = {{.name = "header",
                   .help = "Hex, Base64 or RPC form",
                   .kind = FieldKind::document}},
       .example = "nsl neo header decode --header-file header.hex",
       .run = decode_header},
  };
}

}  // namespace nsl::client::neo_tools
