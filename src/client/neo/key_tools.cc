// key, nep2, address, multisig.
#include <algorithm>

#include "client/neo/input.h"
#include "client/neo/tools.h"
#include "core/neo/address.h"
#include "core/neo/contract.h"
#include "core/neo/nep2.h"

namespace nsl::client::neo_tools {
namespace {

using neo::JsonValue;

void add_account(JsonValue& answer, ByteView verification_script) {
  const neo::UInt160 account = neo::hash160_of(verification_script);
  answer.add("verification_script", hex_text(verification_script));
  answer.add("script_hash", hash_text(account));
  answer.add("address", JsonValue::string(neo::to_address(account)));
}

JsonValue describe(const neo::PublicKey& key) {
  JsonValue answer = JsonValue::object();
  answer.add("public_key", hex_text(key.compressed()));
  answer.add("public_key_uncompressed", hex_text(key.uncompressed()));
  add_account(answer, neo::make_signature_script(key));
  return answer;
}

Result<JsonValue> key(const Input& input) {
  if (input.has("public_key")) {
    if (input.count_of({"wif", "private_key", "nep2"}) != 0) {
      return refuse("Give one of wif, private_key, public_key, or nep2 with passphrase");
    }
    NSL_TRY(const neo::PublicKey public_key, input.get_public_key());
    return describe(public_key);
  }
  NSL_TRY(const neo::PrivateKey private_key, input.get_private_key());
  JsonValue answer = describe(private_key.public_key());
  if (input.is_set("reveal")) {
    answer.add("wif", JsonValue::string(as_text(neo::to_wif(private_key).reveal())));
    answer.add("private_key", hex_text(private_key.secret().reveal()));
  }
  return answer;
}

Result<JsonValue> nep2(const Input& input) {
  NSL_TRY(const neo::PrivateKey private_key, input.get_private_key());
  NSL_TRY(const std::string passphrase, input.get_text("passphrase"));
  NSL_TRY(const crypto::ScryptCost cost, input.get_scrypt_cost());
  NSL_TRY(const std::string sealed, neo::seal_nep2(private_key, as_bytes(passphrase), cost));
  JsonValue answer = JsonValue::object();
  answer.add("nep2", JsonValue::string(sealed));
  answer.add("address", JsonValue::string(neo::to_address(private_key.public_key())));
  return answer;
}

Result<JsonValue> address(const Input& input) {
  if (input.count_of({"address", "script_hash"}) != 1) {
    return refuse("Give one of address and script_hash");
  }
  neo::UInt160 account;
  if (input.has("address")) {
    NSL_TRY(const std::string text, input.get_text("address"));
    NSL_TRY(account, neo::parse_address(text));
  } else {
    NSL_TRY(const std::string text, input.get_text("script_hash"));
    NSL_TRY(account, neo::UInt160::parse(text));
  }
  JsonValue answer = JsonValue::object();
  answer.add("address", JsonValue::string(neo::to_address(account)));
  answer.add("script_hash", hash_text(account));
  answer.add("script_hash_le", hex_text(account.little_endian()));
  return answer;
}

Result<JsonValue> multisig(const Input& input) {
  NSL_TRY(const std::uint64_t threshold, input.get_unsigned("m", neo::kMultisigKeysMax));
  NSL_TRY(const std::vector<std::string> texts,
          input.get_texts("public_keys", neo::kMultisigKeysMax));
  std::vector<neo::PublicKey> keys;
  for (const std::string& text : texts) {
    const auto bytes = parse_hex(text);
    auto parsed = bytes.has_value() ? neo::PublicKey::parse(*bytes) : fail(bytes.error());
    if (!parsed.has_value()) return fail(Code::invalid_public_key);
    keys.push_back(*parsed);
  }
  auto script = neo::make_multisig_script(threshold, keys);
  if (!script.has_value()) return refuse(script.error().message());
  std::sort(keys.begin(), keys.end());
  JsonValue sorted = JsonValue::array();
  for (const neo::PublicKey& each : keys) sorted.add(hex_text(each.compressed()));
  JsonValue answer = JsonValue::object();
  answer.add("public_keys", std::move(sorted));
  add_account(answer, *script);
  return answer;
}

// The key that becomes a NEP-2 text is not one already.
std::vector<Field> nep2_fields() {
  std::vector<Field> fields = private_key_fields();
  std::erase_if(fields, [](const Field& field) { return field.name == "nep2"; });
  for (Field& field : fields) {
    if (field.name == "passphrase") field.help = "Passphrase to put the key under";
  }
  return fields;
}

}  // namespace

std::vector<Tool> key_tools() {
  return {
      {.words = "key",
       .summary = "What belongs to a key: public key, script, hash, address",
       .fields = joined(private_key_fields(),
                        {{.name = "public_key", .help = "Public key, 33 or 65 bytes"},
                         {.name = "reveal",
                          .help = "Answer with the private key too",
                          .kind = FieldKind::flag}}),
       .example = "nsl neo key --wif-file key.txt",
       .run = key},
      {.words = "nep2",
       .summary = "Put a private key under a passphrase",
       .fields = nep2_fields(),
       .example = "nsl neo nep2 --wif-file key.txt",
       .run = nep2},
      {.words = "address",
       .summary = "An account as address and as script hash",
       .fields = {{.name = "address", .help = "N..., 34 characters"},
                  {.name = "script_hash", .help = "As nodes print it"}},
       .example = "nsl neo address --address NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i",
       .run = address},
      {.words = "multisig",
       .summary = "The account of m of n keys",
       .fields = {{.name = "m", .help = "Signatures needed", .kind = FieldKind::number},
                  {.name = "public_keys", .help = "In any order", .kind = FieldKind::list}},
       .example = "nsl neo multisig --m 2 --public-key K1 --public-key K2 --public-key K3",
       .run = multisig},
  };
}

}  // namespace nsl::client::neo_tools
