#include "client/neo/tools.h"

#include "core/codec/hex.h"

namespace nsl::client::neo_tools {

std::vector<Tool> all_tools() {
  std::vector<Tool> all;
  for (auto&& part : {key_tools(), data_tools(), signature_tools(), script_tools(),
                      transaction_tools(), block_tools(), file_tools()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::vector<Field> private_key_fields() {
  return {{.name = "wif", .help = "Private key as WIF", .kind = FieldKind::secret},
          {.name = "private_key", .help = "Private key in hex", .kind = FieldKind::secret},
          {.name = "nep2", .help = "Private key under a passphrase"},
          {.name = "passphrase", .help = "Passphrase of nep2", .kind = FieldKind::secret},
          {.name = "scrypt",
           .help = "Cost when it is not NEP-2's own: {\"n\":16384,\"r\":8,\"p\":8}",
           .kind = FieldKind::json}};
}

std::vector<Field> joined(std::vector<Field> fields, const std::vector<Field>& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

neo::JsonValue hash_text(const neo::UInt160& hash) {
  return neo::JsonValue::string(std::string_view(hash.to_text()).substr(2));
}

neo::JsonValue hash_text(const neo::UInt256& hash) {
  return neo::JsonValue::string(std::string_view(hash.to_text()).substr(2));
}

neo::JsonValue hex_text(ByteView bytes) { return neo::JsonValue::string(codec::encode_hex(bytes)); }

}  // namespace nsl::client::neo_tools
