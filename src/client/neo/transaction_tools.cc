// tx encode, tx decode, tx sign.
#include <algorithm>
#include <optional>

#include "client/neo/input.h"
#include "client/neo/tools.h"
#include "core/base/limits.h"
#include "core/crypto/hash.h"
#include "core/neo/address.h"
#include "core/neo/contract.h"
#include "core/neo/rpc_transaction.h"
#include "core/neo/transaction.h"
#include "core/neo/witness_builder.h"

namespace nsl::client::neo_tools {
namespace {

using neo::JsonValue;
using neo::Transaction;

constexpr std::size_t kKeysMax = neo::kMultisigKeysMax;

Result<JsonValue> encode(const Input& input) {
  const JsonValue* tx = input.find("tx");
  NSL_TRY(const Transaction transaction,
          neo::parse_rpc_transaction(tx == nullptr ? input.object() : *tx));
  const Bytes unsigned_bytes = neo::encode_unsigned(transaction);
  JsonValue answer = JsonValue::object();
  std::size_t size = unsigned_bytes.size();
  if (!transaction.witnesses.empty()) {
    const Bytes bytes = neo::encode(transaction);
    size = bytes.size();
    answer.add("hex", hex_text(bytes));
  }
  answer.add("unsigned_hex", hex_text(unsigned_bytes));
  answer.add("hash", hash_text(neo::hash_of(transaction)));
  answer.add("size", JsonValue::unsigned_integer(size));
  return answer;
}

Result<JsonValue> decode(const Input& input) {
  NSL_TRY(const Bytes bytes, input.get_encoded("tx"));
  NSL_TRY(const Transaction transaction,
          decoded(neo::parse_transaction(bytes), Code::invalid_transaction));
  JsonValue answer = neo::to_json(transaction);
  if (input.has("network")) {
    NSL_TRY(const neo::NetworkMagic network, input.get_network());
    const Bytes message = neo::signing_message(network, neo::hash_of(transaction));
    answer.add("signing_digest", hex_text(crypto::sha256(message)));
  }
  return answer;
}

// Signed, partly signed or unsigned; bytes or RPC form.
Result<Transaction> get_transaction(const Input& input) {
  const JsonValue* given = input.find("tx");
  if (given != nullptr && given->find_object() != nullptr) {
    return neo::parse_rpc_transaction(*given);
  }
  NSL_TRY(const Bytes bytes, input.get_encoded("tx"));
  auto transaction = neo::parse_transaction(bytes);
  if (transaction.has_value()) return transaction;
  return decoded(neo::parse_unsigned_transaction(bytes), Code::invalid_transaction);
}

// The key of the usual fields, or those of `keys`, each a WIF or hexadecimal.
Result<std::vector<neo::PrivateKey>> get_keys(const Input& input) {
  std::vector<neo::PrivateKey> keys;
  if (input.count_of({"wif", "private_key", "nep2"}) != 0) {
    NSL_TRY(neo::PrivateKey key, input.get_private_key());
    keys.push_back(std::move(key));
  }
  if (!input.has("keys")) return keys;
  NSL_TRY(const std::vector<std::string> texts, input.get_texts("keys", kKeysMax));
  for (const std::string& text : texts) {
    NSL_TRY(neo::PrivateKey key, parse_private_key(text));
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<std::vector<Bytes>> get_scripts(const Input& input) {
  std::vector<Bytes> scripts;
  if (!input.has("verification_scripts")) return scripts;
  NSL_TRY(const std::vector<std::string> texts,
          input.get_texts("verification_scripts", limits::kNeoSignersMax));
  for (const std::string& text : texts) {
    NSL_TRY(Bytes script, parse_hex(text));
    scripts.push_back(std::move(script));
  }
  return scripts;
}

struct Signing {
  Transaction transaction;
  std::vector<neo::PrivateKey> keys;
  // Known from the input, besides those in the transaction's witnesses.
  std::vector<Bytes> scripts;
  Bytes message;
  std::vector<bool> is_key_used;
};

// What the account's witness must satisfy, as far as anyone told.
std::optional<Bytes> find_script(const Signing& signing, const neo::UInt160& account,
                                 const neo::Witness& present) {
  if (!present.verification.empty()) return present.verification;
  for (const Bytes& script : signing.scripts) {
    if (neo::hash160_of(script) == account) return script;
  }
  for (const neo::PrivateKey& key : signing.keys) {
    if (neo::account_of(key.public_key()) == account) {
      return neo::make_signature_script(key.public_key());
    }
  }
  return std::nullopt;
}

struct Signed {
  neo::Witness witness;
  // Absent when nothing is missing.
  std::optional<JsonValue> missing;
};

JsonValue missing_entry(const neo::UInt160& account, std::size_t needed,
                        const std::vector<neo::PublicKey>& keys) {
  JsonValue texts = JsonValue::array();
  for (const neo::PublicKey& key : keys) texts.add(hex_text(key.compressed()));
  return JsonValue::object()
      .add("script_hash", hash_text(account))
      .add("address", JsonValue::string(neo::to_address(account)))
      .add("signatures", JsonValue::unsigned_integer(needed))
      .add("public_keys", std::move(texts));
}

Result<Signed> sign_for(Signing& signing, const neo::UInt160& account,
                        const neo::Witness& present) {
  const std::optional<Bytes> script = find_script(signing, account, present);
  if (!script.has_value()) return Signed{present, missing_entry(account, 1, {})};
  if (neo::hash160_of(*script) != account) {
    return fail(Code::invalid_script, "A verification script is not of its signer's account");
  }
  NSL_TRY(neo::WitnessBuilder builder, neo::WitnessBuilder::make(*script, signing.message));
  if (!present.invocation.empty()) NSL_TRY_VOID(builder.add(present));
  const std::vector<neo::PublicKey> members = builder.keys();
  for (std::size_t i = 0; i < signing.keys.size(); ++i) {
    const neo::PrivateKey& key = signing.keys[i];
    if (std::find(members.begin(), members.end(), key.public_key()) == members.end()) continue;
    signing.is_key_used[i] = true;
    NSL_TRY_VOID(builder.add(key.public_key(), crypto::p256_sign(key, signing.message)));
  }
  Signed result{builder.witness(), std::nullopt};
  if (!builder.is_complete()) {
    const std::vector<neo::PublicKey> missing = builder.missing_keys();
    const std::size_t have = members.size() - missing.size();
    result.missing = missing_entry(account, builder.threshold() - have, missing);
  }
  return result;
}

Result<JsonValue> sign(const Input& input) {
  Signing signing;
  NSL_TRY(signing.transaction, get_transaction(input));
  NSL_TRY(const neo::NetworkMagic network, input.get_network());
  NSL_TRY(signing.keys, get_keys(input));
  NSL_TRY(signing.scripts, get_scripts(input));
  Transaction& transaction = signing.transaction;
  const neo::UInt256 hash = neo::hash_of(transaction);
  signing.message = neo::signing_message(network, hash);
  signing.is_key_used.resize(signing.keys.size());
  transaction.witnesses.resize(transaction.signers.size());
  JsonValue missing = JsonValue::array();
  for (std::size_t i = 0; i < transaction.signers.size(); ++i) {
    NSL_TRY(Signed signed_part,
            sign_for(signing, transaction.signers[i].account, transaction.witnesses[i]));
    transaction.witnesses[i] = std::move(signed_part.witness);
    if (signed_part.missing.has_value()) missing.add(std::move(*signed_part.missing));
  }
  if (std::count(signing.is_key_used.begin(), signing.is_key_used.end(), false) != 0) {
    return refuse("A key is of no signer of the transaction");
  }
  NSL_TRY_VOID(neo::check_transaction(transaction));
  const bool is_complete = missing.find_array()->empty();
  return JsonValue::object()
      .add("tx", hex_text(neo::encode(transaction)))
      .add("hash", hash_text(hash))
      .add("complete", JsonValue::boolean(is_complete))
      .add("missing", std::move(missing));
}

// The members of the RPC form, each a field of its own; those that only nodes add are passed over.
std::vector<Field> rpc_fields() {
  std::vector<Field> fields = {
      {.name = "tx", .help = "The whole in RPC form", .kind = FieldKind::document},
      {.name = "sysfee", .help = "Datoshi"},
      {.name = "netfee", .help = "Datoshi"},
      {.name = "script", .help = "Base64"},
      {.name = "hash", .help = "Checked when it is there"},
      {.name = "sender", .help = "Checked when it is there"}};
  constexpr std::pair<const char*, const char*> kMembers[] = {
      {"version", "0"},
      {"nonce", "Number"},
      {"validuntilblock", "Last block that may hold it"},
      {"signers", "[{account, scopes, ...}]"},
      {"attributes", "[{type, ...}]"},
      {"witnesses", "[{invocation, verification}]; may be absent"},
      {"size", "Checked when it is there"},
      {"confirmations", "Passed over"},
      {"blockhash", "Passed over"},
      {"blocktime", "Passed over"},
      {"vmstate", "Passed over"},
  };
  for (const auto& [name, help] : kMembers) {
    fields.push_back({.name = name, .help = help, .kind = FieldKind::json});
  }
  return fields;
}

}  // namespace

std::vector<Tool> transaction_tools() {
  const Field network = {.name = "network", .help = "Magic number, mainnet or testnet"};
  const Field tx = {.name = "tx", .help = "Hex, Base64 or RPC form", .kind = FieldKind::document};
  return {
      {.words = "tx encode",
       .summary = "The bytes and hash of a transaction in the form of a node's RPC",
       .fields = rpc_fields(),
       .example = "nsl neo tx encode --tx-file tx.json",
       .run = encode},
      {.words = "tx decode",
       .summary = "A transaction in the form of a node's RPC",
       .fields = {{.name = "tx", .help = "Hex or Base64", .kind = FieldKind::document}, network},
       .example = "nsl neo tx decode --tx-file tx.hex --network testnet",
       .run = decode},
      {.words = "tx sign",
       .summary = "Add signatures to a transaction, of one key or of several",
       .fields = joined({tx, network}, joined(private_key_fields(),
                                              {{.name = "keys",
                                                .help = "Private keys, WIF or hex, one a line",
                                                .kind = FieldKind::secrets},
                                               {.name = "verification_scripts",
                                                .help = "Scripts of m-of-n signers, in hex",
                                                .kind = FieldKind::list}})),
       .example = "nsl neo tx sign --tx-file tx.hex --network testnet --wif-file key.txt",
       .run = sign},
  };
}

}  // namespace nsl::client::neo_tools
