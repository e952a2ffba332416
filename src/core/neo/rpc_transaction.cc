#include "core/neo/rpc_transaction.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "core/neo/address.h"
#include "core/neo/rpc_signer.h"

namespace nsl::neo {
namespace {

constexpr std::size_t kNonceDigits = 16;

JsonValue text(std::string_view value) { return JsonValue::string(value); }
JsonValue fee(GasAmount amount) { return text(std::to_string(amount.datoshi())); }
JsonValue count(std::uint64_t value) { return JsonValue::unsigned_integer(value); }

template <class Item>
JsonValue list_of(const std::vector<Item>& items) {
  JsonValue list = JsonValue::array();
  for (const Item& each : items) list.add(to_json(each));
  return list;
}

template <class Item, class ParseItem>
Result<std::vector<Item>> parse_list(const JsonMembers& members, std::string_view name,
                                     std::size_t count_max, ParseItem parse_item) {
  NSL_TRY(const JsonValue::Array& values, members.get_array(name, count_max));
  std::vector<Item> items;
  for (const JsonValue& each : values) {
    NSL_TRY(Item item, parse_item(each));
    items.push_back(std::move(item));
  }
  return items;
}

Result<std::uint32_t> parse_u32(const JsonMembers& members, std::string_view name) {
  NSL_TRY(const std::uint64_t value, members.get_unsigned(name, UINT32_MAX));
  return static_cast<std::uint32_t>(value);
}

Result<GasAmount> parse_fee(const JsonMembers& members, std::string_view name) {
  NSL_TRY(const std::string value, members.get_string(name));
  return GasAmount::parse_datoshi_text(value);
}

Result<UInt256> parse_hash(const JsonMembers& members, std::string_view name) {
  NSL_TRY(const std::string value, members.get_string(name));
  return UInt256::parse(value);
}

// A member that repeats what the others say must say the same.
Result<void> check_hash(const JsonMembers& members, const UInt256& expected, Code code) {
  if (members.find("hash") == nullptr) return {};
  NSL_TRY(const UInt256 stated, parse_hash(members, "hash"));
  if (stated != expected) return fail(code, "The hash is that of other content");
  return {};
}

Result<void> check_size(const JsonMembers& members, std::size_t expected, Code code) {
  if (members.find("size") == nullptr) return {};
  NSL_TRY(const std::uint64_t stated, members.get_unsigned("size", UINT32_MAX));
  if (stated != expected) return fail(code, "The size is that of other content");
  return {};
}

Result<void> check_sender(const JsonMembers& members, const Transaction& transaction) {
  if (members.find("sender") == nullptr) return {};
  NSL_TRY(const std::string text, members.get_string("sender"));
  NSL_TRY(const UInt160 sender, parse_account(text));
  if (sender != transaction.signers.front().account) {
    return fail(Code::invalid_transaction, "The sender is not the first signer");
  }
  return {};
}

Result<Transaction> parse_unsigned_part(const JsonMembers& members) {
  NSL_TRY(const std::uint32_t version, parse_u32(members, "version"));
  if (version != 0) return fail(Code::unsupported_version);
  Transaction transaction;
  NSL_TRY(transaction.nonce, parse_u32(members, "nonce"));
  NSL_TRY(transaction.system_fee, parse_fee(members, "sysfee"));
  NSL_TRY(transaction.network_fee, parse_fee(members, "netfee"));
  NSL_TRY(const std::uint32_t valid_until, parse_u32(members, "validuntilblock"));
  transaction.valid_until_block = BlockIndex(valid_until);
  NSL_TRY(transaction.signers,
          parse_list<Signer>(members, "signers", limits::kNeoSignersMax, parse_rpc_signer));
  NSL_TRY(
      transaction.attributes,
      parse_list<Attribute>(members, "attributes", limits::kNeoSignersMax, parse_rpc_attribute));
  NSL_TRY(const std::string script, members.get_string("script"));
  NSL_TRY(transaction.script, codec::decode_base64(script));
  NSL_TRY_VOID(check_unsigned_transaction(transaction));
  return transaction;
}

JsonValue header_members(const Header& header, std::size_t size) {
  return JsonValue::object()
      .add("hash", text(hash_of(header).to_text()))
      .add("size", count(size))
      .add("version", count(0))
      .add("previousblockhash", text(header.previous_hash.to_text()))
      .add("merkleroot", text(header.merkle_root.to_text()))
      .add("time", count(header.timestamp_ms))
      .add("nonce", text(fmt::format("{:016X}", header.nonce)))
      .add("index", count(header.index.value()))
      .add("primary", count(header.primary_index))
      .add("nextconsensus", text(to_address(header.next_consensus)))
      .add("witnesses", JsonValue::array().add(to_json(header.witness)));
}

Result<std::uint64_t> parse_nonce(const JsonMembers& members) {
  NSL_TRY(const std::string digits, members.get_string("nonce"));
  if (digits.size() != kNonceDigits) return fail(Code::invalid_block, "The nonce has 16 digits");
  NSL_TRY(const auto bytes, codec::decode_hex_array<8>(digits));
  std::uint64_t nonce = 0;
  for (const std::uint8_t byte : bytes) nonce = nonce << 8 | byte;
  return nonce;
}

Result<Header> parse_header_members(const JsonMembers& members) {
  NSL_TRY(const std::uint32_t version, parse_u32(members, "version"));
  if (version != 0) return fail(Code::unsupported_version);
  Header header;
  NSL_TRY(header.previous_hash, parse_hash(members, "previousblockhash"));
  NSL_TRY(header.merkle_root, parse_hash(members, "merkleroot"));
  NSL_TRY(header.timestamp_ms, members.get_unsigned("time", UINT64_MAX));
  NSL_TRY(header.nonce, parse_nonce(members));
  NSL_TRY(const std::uint32_t index, parse_u32(members, "index"));
  header.index = BlockIndex(index);
  NSL_TRY(const std::uint64_t primary, members.get_unsigned("primary", UINT8_MAX));
  header.primary_index = static_cast<std::uint8_t>(primary);
  NSL_TRY(const std::string consensus, members.get_string("nextconsensus"));
  NSL_TRY(header.next_consensus, parse_account(consensus));
  NSL_TRY(auto witnesses, parse_list<Witness>(members, "witnesses", 1, parse_rpc_witness));
  if (witnesses.size() != 1) return fail(Code::invalid_block, "A header has one witness");
  header.witness = std::move(witnesses.front());
  NSL_TRY_VOID(check_hash(members, hash_of(header), Code::invalid_block));
  return header;
}

}  // namespace

JsonValue to_json(const Transaction& transaction) {
  return JsonValue::object()
      .add("hash", text(hash_of(transaction).to_text()))
      .add("size", count(encode(transaction).size()))
      .add("version", count(0))
      .add("nonce", count(transaction.nonce))
      .add("sender", text(to_address(transaction.signers.front().account)))
      .add("sysfee", fee(transaction.system_fee))
      .add("netfee", fee(transaction.network_fee))
      .add("validuntilblock", count(transaction.valid_until_block.value()))
      .add("signers", list_of(transaction.signers))
      .add("attributes", list_of(transaction.attributes))
      .add("script", text(codec::encode_base64(transaction.script)))
      .add("witnesses", list_of(transaction.witnesses));
}

Result<Transaction> parse_rpc_transaction(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_transaction);
  NSL_TRY(Transaction transaction, parse_unsigned_part(members));
  NSL_TRY_VOID(check_sender(members, transaction));
  NSL_TRY_VOID(check_hash(members, hash_of(transaction), Code::invalid_transaction));
  if (members.find("witnesses") == nullptr) return transaction;
  NSL_TRY(transaction.witnesses,
          parse_list<Witness>(members, "witnesses", limits::kNeoSignersMax, parse_rpc_witness));
  if (!transaction.witnesses.empty()) NSL_TRY_VOID(check_transaction(transaction));
  NSL_TRY_VOID(check_size(members, encode(transaction).size(), Code::invalid_transaction));
  return transaction;
}

JsonValue to_json(const Header& header) { return header_members(header, encode(header).size()); }

Result<Header> parse_rpc_header(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_block);
  NSL_TRY(Header header, parse_header_members(members));
  NSL_TRY_VOID(check_size(members, encode(header).size(), Code::invalid_block));
  return header;
}

JsonValue to_json(const Block& block) {
  JsonValue json = header_members(block.header, encode(block).size());
  json.add("tx", list_of(block.transactions));
  return json;
}

Result<Block> parse_rpc_block(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_block);
  Block block;
  NSL_TRY(block.header, parse_header_members(members));
  NSL_TRY(block.transactions,
          parse_list<Transaction>(members, "tx", limits::kNeoBlockTransactionsMax,
                                  parse_rpc_transaction));
  for (const Transaction& each : block.transactions) NSL_TRY_VOID(check_transaction(each));
  NSL_TRY_VOID(check_block(block));
  NSL_TRY_VOID(check_size(members, encode(block).size(), Code::invalid_block));
  return block;
}

}  // namespace nsl::neo
