#include "core/receipt/receipt_codec.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "core/codec/cbor.h"

namespace nsl::receipt {
namespace {

using codec::CborValue;
using codec::CborWriter;

constexpr std::uint64_t kVersion = 1;
constexpr std::string_view kOperation = "function.run";
// Keys of the payload's map; `event` may be absent.
constexpr std::size_t kKeys = 24;

// --- writing

void put_text(CborWriter& out, std::string_view key, std::string_view text) {
  out.write_text(key).write_text(text);
}

void put_number(CborWriter& out, std::string_view key, std::uint64_t number) {
  out.write_text(key).write_unsigned(number);
}

void put_bytes(CborWriter& out, std::string_view key, ByteView bytes) {
  out.write_text(key).write_bytes(bytes);
}

void put(CborWriter& out, const Event& event) {
  out.begin_map(6);
  put_text(out, "id", event.id);
  put_number(out, "block", event.block);
  put_text(out, "transaction", event.transaction);
  put_text(out, "contract", event.contract);
  put_text(out, "event", event.event);
  put_text(out, "proof", event.proof);
}

void put(CborWriter& out, const HostCall& call) {
  out.begin_map(4);
  put_number(out, "index", call.index);
  put_text(out, "method", call.method);
  put_bytes(out, "request_hash", call.request_hash);
  put_bytes(out, "reply_hash", call.reply_hash);
}

void put(CborWriter& out, const HttpExchange& exchange) {
  out.begin_map(5);
  put_text(out, "host", exchange.host);
  put_number(out, "status", exchange.status);
  put_bytes(out, "request_hash", exchange.request_hash);
  put_bytes(out, "reply_hash", exchange.reply_hash);
  put_bytes(out, "certificate_hash", exchange.certificate_hash);
}

void put(CborWriter& out, const SecretUse& use) {
  out.begin_map(2);
  put_text(out, "id", use.id);
  put_number(out, "version", use.version);
}

void put(CborWriter& out, const ChainRead& read) {
  out.begin_map(2);
  put_number(out, "height", read.height);
  put_text(out, "proof", read.proof);
}

void put(CborWriter& out, const std::string& text) { out.write_text(text); }

template <class T>
void put_list(CborWriter& out, std::string_view key, const std::vector<T>& list) {
  out.write_text(key).begin_array(list.size());
  for (const T& entry : list) put(out, entry);
}

// --- reading

std::unexpected<Error> refuse(std::string_view key) {
  return fail(Code::receipt_malformed,
              "The receipt's field '" + std::string(key) + "' is not valid");
}

Result<void> get(const CborValue& value, std::string_view key, std::string& target) {
  const auto text = value.to_text();
  if (!text.has_value()) return refuse(key);
  target = *text;
  return {};
}

Result<void> get(const CborValue& value, std::string_view key, std::uint64_t& target) {
  const auto number = value.to_unsigned();
  if (!number.has_value()) return refuse(key);
  target = *number;
  return {};
}

Result<void> get(const CborValue& value, std::string_view key, std::uint32_t& target) {
  const auto number = value.to_unsigned();
  if (!number.has_value() || *number > std::numeric_limits<std::uint32_t>::max()) {
    return refuse(key);
  }
  target = static_cast<std::uint32_t>(*number);
  return {};
}

Result<void> get(const CborValue& value, std::string_view key, Bytes& target) {
  const auto bytes = value.to_bytes();
  if (!bytes.has_value()) return refuse(key);
  target = to_bytes(*bytes);
  return {};
}

Result<void> get(const CborValue& value, std::string_view key, Digest32& target) {
  const auto bytes = value.to_bytes();
  if (!bytes.has_value() || bytes->size() != target.size()) return refuse(key);
  std::copy(bytes->begin(), bytes->end(), target.begin());
  return {};
}

// The value of a key that must be there.
template <class T>
Result<void> take(const CborValue& map, std::string_view key, T& target) {
  const CborValue* value = map.find(key);
  if (value == nullptr) return refuse(key);
  return get(*value, key, target);
}

Result<void> get(const CborValue& map, std::string_view /*key*/, Event& event) {
  NSL_TRY_VOID(take(map, "id", event.id));
  NSL_TRY_VOID(take(map, "block", event.block));
  NSL_TRY_VOID(take(map, "transaction", event.transaction));
  NSL_TRY_VOID(take(map, "contract", event.contract));
  NSL_TRY_VOID(take(map, "event", event.event));
  return take(map, "proof", event.proof);
}

Result<void> get(const CborValue& map, std::string_view /*key*/, HostCall& call) {
  NSL_TRY_VOID(take(map, "index", call.index));
  NSL_TRY_VOID(take(map, "method", call.method));
  NSL_TRY_VOID(take(map, "request_hash", call.request_hash));
  return take(map, "reply_hash", call.reply_hash);
}

Result<void> get(const CborValue& map, std::string_view /*key*/, HttpExchange& exchange) {
  NSL_TRY_VOID(take(map, "host", exchange.host));
  NSL_TRY_VOID(take(map, "status", exchange.status));
  NSL_TRY_VOID(take(map, "request_hash", exchange.request_hash));
  NSL_TRY_VOID(take(map, "reply_hash", exchange.reply_hash));
  return take(map, "certificate_hash", exchange.certificate_hash);
}

Result<void> get(const CborValue& map, std::string_view /*key*/, SecretUse& use) {
  NSL_TRY_VOID(take(map, "id", use.id));
  return take(map, "version", use.version);
}

Result<void> get(const CborValue& map, std::string_view /*key*/, ChainRead& read) {
  NSL_TRY_VOID(take(map, "height", read.height));
  return take(map, "proof", read.proof);
}

template <class T>
Result<void> take_list(const CborValue& map, std::string_view key, std::vector<T>& list) {
  const CborValue* value = map.find(key);
  if (value == nullptr || value->kind() != codec::CborKind::array) return refuse(key);
  NSL_TRY(const auto entries, value->to_array());
  list.reserve(entries.size());
  for (const CborValue& entry : entries) {
    NSL_TRY_VOID(get(entry, key, list.emplace_back()));
  }
  return {};
}

Result<void> check_header(const CborValue& map) {
  std::uint64_t version = 0;
  NSL_TRY_VOID(take(map, "version", version));
  if (version != kVersion) {
    return fail(Code::unsupported_version, "The receipt is of a newer format");
  }
  std::string operation;
  NSL_TRY_VOID(take(map, "operation", operation));
  return operation == kOperation ? Result<void>() : refuse("operation");
}

Result<void> take_lists(const CborValue& map, Receipt& receipt) {
  NSL_TRY_VOID(take_list(map, "host_calls", receipt.host_calls));
  NSL_TRY_VOID(take_list(map, "http", receipt.http));
  NSL_TRY_VOID(take_list(map, "secrets", receipt.secrets));
  NSL_TRY_VOID(take_list(map, "chain", receipt.chain));
  NSL_TRY_VOID(take_list(map, "transactions", receipt.transactions));
  return take_list(map, "layers", receipt.layers);
}

Result<void> take_fields(const CborValue& map, Receipt& receipt) {
  NSL_TRY_VOID(take(map, "run", receipt.run));
  NSL_TRY_VOID(take(map, "account", receipt.account));
  NSL_TRY_VOID(take(map, "function", receipt.function));
  NSL_TRY_VOID(take(map, "function_version", receipt.function_version));
  NSL_TRY_VOID(take(map, "function_digest", receipt.function_digest));
  NSL_TRY_VOID(take(map, "trigger", receipt.trigger));
  NSL_TRY_VOID(take(map, "status", receipt.status));
  NSL_TRY_VOID(take(map, "input_hash", receipt.input_hash));
  NSL_TRY_VOID(take(map, "output_hash", receipt.output_hash));
  NSL_TRY_VOID(take(map, "counter", receipt.counter));
  NSL_TRY_VOID(take(map, "head", receipt.head));
  NSL_TRY_VOID(take(map, "time", receipt.time));
  NSL_TRY_VOID(take(map, "mode", receipt.mode));
  NSL_TRY_VOID(take(map, "attestation", receipt.attestation));
  return take(map, "binding", receipt.binding);
}

}  // namespace

Bytes encode_payload(const Receipt& receipt) {
  CborWriter out;
  out.begin_map(receipt.event.has_value() ? kKeys : kKeys - 1);
  put_number(out, "version", kVersion);
  put_text(out, "operation", kOperation);
  put_text(out, "run", receipt.run);
  put_text(out, "account", receipt.account);
  put_text(out, "function", receipt.function);
  put_number(out, "function_version", receipt.function_version);
  put_bytes(out, "function_digest", receipt.function_digest);
  put_text(out, "trigger", receipt.trigger);
  if (receipt.event.has_value()) put(out.write_text("event"), *receipt.event);
  put_text(out, "status", receipt.status);
  put_bytes(out, "input_hash", receipt.input_hash);
  put_bytes(out, "output_hash", receipt.output_hash);
  put_list(out, "host_calls", receipt.host_calls);
  put_list(out, "http", receipt.http);
  put_list(out, "secrets", receipt.secrets);
  put_list(out, "chain", receipt.chain);
  put_list(out, "transactions", receipt.transactions);
  put_number(out, "counter", receipt.counter);
  put_bytes(out, "head", receipt.head);
  put_text(out, "time", receipt.time);
  put_list(out, "layers", receipt.layers);
  put_text(out, "mode", receipt.mode);
  put_bytes(out, "attestation", receipt.attestation);
  put_bytes(out, "binding", receipt.binding);
  return std::move(out).take();
}

Result<Receipt> parse_payload(ByteView bytes) {
  const auto parsed = codec::parse_cbor(bytes);
  if (!parsed.has_value()) return fail(Code::receipt_malformed, parsed.error().message());
  NSL_TRY_VOID(check_header(*parsed));
  Receipt receipt;
  NSL_TRY_VOID(take_fields(*parsed, receipt));
  NSL_TRY_VOID(take_lists(*parsed, receipt));
  if (const CborValue* event = parsed->find("event"); event != nullptr) {
    NSL_TRY_VOID(get(*event, "event", receipt.event.emplace()));
  }
  // One encoding only: whatever was not read above, such as a key nobody knows, shows here.
  if (encode_payload(receipt) != to_bytes(bytes)) {
    return fail(Code::receipt_malformed, "The receipt holds something this format does not know");
  }
  return receipt;
}

}  // namespace nsl::receipt
