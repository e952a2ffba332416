#include "enclave/execution/host_calls.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/codec/base64.h"
#include "core/codec/utf8.h"
#include "core/neo/address.h"
#include "core/neo/script_builder.h"
#include "enclave/policy/wallet_policy.h"
#include "enclave/records/names.h"
#include "enclave/records/records.h"
#include "enclave/wallets/wallet_service.h"

namespace nsl::enclave::execution {
namespace {

constexpr std::uint64_t kRandomBytesMax = 4096;
// LIMIT: half of a record for what a run heard; the other half is room for what surrounds it.
constexpr std::size_t kJournalBytesMax = static_cast<std::size_t>(limits::kRecordBytesMax) / 2;
constexpr std::string_view kReadSecret = "secrets.get";
constexpr std::size_t kStorageKeyBytesMax = 128;
// How often a run that sleeps is asked whether it goes on.
constexpr std::int64_t kSleepSliceMs = 100;

vault::RecordKey value_key(const RunContext& context, const std::string& key) {
  return {records::kind::kValue, context.account,
          records::hashed_id(context.function_id + "/" + key)};
}

Result<void> check_storage_key(const std::string& key) {
  if (!key.empty() && key.size() <= kStorageKeyBytesMax) return {};
  return fail(Code::invalid_argument, "key: 1 to 128 bytes");
}

void wait_ms(const Clock& clock, std::int64_t milliseconds) {
  const Deadline until = Deadline::after_ms(clock, milliseconds);
  Mutex mutex;
  CondVar nobody_wakes;
  MutexLock lock(mutex);
  while (nobody_wakes.wait_until(lock, until.steady_time()) != std::cv_status::timeout) {
  }
}

// The exchange as the receipt hashes it: everything that was sent, in one unambiguous text.
crypto::Digest32 request_hash(const outcall::HttpRequest& request) {
  std::string text = fmt::format("{} {}\n", request.method, request.url);
  for (const auto& header : request.headers) {
    text += fmt::format("{}: {}\n", header.name, header.value);
  }
  crypto::Sha256 hash;
  hash.update(as_bytes(text)).update(as_bytes("\n")).update(as_bytes(request.body));
  return hash.finish();
}

// An entry of a function's list always has a port; the client writes that of https as nothing.
std::string to_allowed_host(const std::string& entry) {
  constexpr std::string_view kHttpsPort = ":443";
  return entry.ends_with(kHttpsPort) ? entry.substr(0, entry.size() - kHttpsPort.size()) : entry;
}

// "host:port" of a URL that was served.
std::string host_of(const std::string& url) {
  const std::size_t start = url.find("://");
  const std::size_t host = start == std::string::npos ? 0 : start + 3;
  return url.substr(host, url.find_first_of("/?", host) - host);
}

std::string reply_json(const outcall::HttpReply& reply) {
  std::string headers;
  for (const auto& header : reply.headers) {
    if (!headers.empty()) headers += ',';
    headers += fmt::format("[{},{}]", json::json_text(header.name), json::json_text(header.value));
  }
  const std::string body =
      codec::is_valid_utf8(as_bytes(reply.body))
          ? fmt::format("\"body\":{}", json::json_text(reply.body))
          : fmt::format("\"body_base64\":\"{}\"", codec::encode_base64(as_bytes(reply.body)));
  return fmt::format(R"({{"status":{},"url":{},"headers":[{}],{}}})", reply.status,
                     json::json_text(reply.final_url), headers, body);
}

}  // namespace

HostCalls::HostCalls(const RunContext& context, Parts parts, const Deadline& deadline)
    : context_(context),
      parts_(parts),
      deadline_(deadline),
      time_(parts.clock.wall_time()),
      chain_calls_(parts.chain_access, parts.balances) {}

template <HostCalls::ChainCall kCall>
Result<std::string> HostCalls::read_chain(std::uint32_t, const json::JsonArguments& arguments,
                                          const std::string&) {
  NSL_TRY(ChainReply reply, (chain_calls_.*kCall)(arguments, deadline_));
  trace_.chain.push_back(std::move(reply.read));
  return std::move(reply.json);
}

const std::map<std::string_view, HostCalls::Method>& HostCalls::methods() {
  static const std::map<std::string_view, Method> table = {
      {kReadSecret, &HostCalls::get_secret},
      {"storage.get", &HostCalls::get_value},
      {"storage.set", &HostCalls::set_value},
      {"http.fetch", &HostCalls::fetch},
      {"wallet.sign", &HostCalls::sign},
      {"wallet.invoke", &HostCalls::invoke},
      {"wallet.transfer", &HostCalls::transfer},
      {"blockchain.getBlockHeight", &HostCalls::block_height},
      {"blockchain.call", &HostCalls::call_contract},
      {"blockchain.getBlock", &HostCalls::read_chain<&ChainCalls::get_block>},
      {"blockchain.getTransaction", &HostCalls::read_chain<&ChainCalls::get_transaction>},
      {"blockchain.getApplicationLog", &HostCalls::read_chain<&ChainCalls::get_application_log>},
      {"blockchain.getBalance", &HostCalls::read_chain<&ChainCalls::get_balance>},
      {"time.now", &HostCalls::now},
      {"time.sleep", &HostCalls::sleep},
      {"random.bytes", &HostCalls::random_bytes},
  };
  return table;
}

Result<std::string> HostCalls::host_call(std::uint32_t index, std::string_view method,
                                         const std::string& arguments) {
  if (trace_.host_calls.size() >= static_cast<std::size_t>(limits::kRunHostCallsMax)) {
    return fail(Code::run_host_calls_exceeded);
  }
  Result<std::string> reply = answer(index, method, arguments);
  const std::string outcome =
      reply.has_value() ? *reply : std::string(code_text(reply.error().code()));
  trace_.host_calls.push_back({.index = index,
                               .method = std::string(method),
                               .request_hash = crypto::sha256(as_bytes(arguments)),
                               .reply_hash = crypto::sha256(as_bytes(outcome))});
  time_ = std::max(time_, parts_.clock.wall_time());
  note_in_journal(method, trace_.host_calls.back(), reply);
  trace_.has_failed_call |= !reply.has_value();
  if (!reply.has_value()) log_failure("runs", "A host call was refused", reply.error());
  return reply;
}

void HostCalls::note_in_journal(std::string_view method, const receipt::HostCall& call,
                                const Result<std::string>& reply) {
  stored::RunJournalRecord& journal = trace_.journal;
  if (journal.is_cut()) return;
  stored::RunJournalRecord::Call entry;
  entry.set_method(std::string(method));
  entry.set_arguments_hash(call.request_hash.data(), call.request_hash.size());
  entry.set_time_ms(time_.value());
  if (!reply.has_value()) {
    entry.set_code(std::string(code_text(reply.error().code())));
    entry.set_message(reply.error().message());
  } else if (method == kReadSecret) {
    entry.set_secret_id(trace_.secrets.back().id);
    entry.set_secret_version(trace_.secrets.back().version);
  } else {
    entry.set_reply(*reply);
  }
  journal_bytes_ += entry.ByteSizeLong();
  if (journal_bytes_ > kJournalBytesMax) {
    journal.clear_calls();
    journal.set_is_cut(true);
    return;
  }
  *journal.add_calls() = std::move(entry);
}

Result<std::string> HostCalls::answer(std::uint32_t index, std::string_view method,
                                      const std::string& arguments) {
  const auto found = methods().find(method);
  if (found == methods().end()) {
    return fail(Code::run_host_call_refused, fmt::format("There is no host call '{}'", method));
  }
  NSL_TRY(const json::JsonArguments parsed, json::JsonArguments::parse(arguments));
  return (this->*found->second)(index, parsed, arguments);
}

void HostCalls::log_line(runner::v1::LogLine::Level level, const std::string& text) {
  if (!log_.add(level, text) || !context_.on_log) return;
  const auto& lines = log_.lines().lines();
  context_.on_log(lines.Get(lines.size() - 1));
}

HostCalls::Trace HostCalls::take_trace() {
  trace_.logs = log_.take();
  return std::move(trace_);
}

Result<std::string> HostCalls::get_secret(std::uint32_t, const json::JsonArguments& arguments,
                                          const std::string&) {
  NSL_TRY(const std::string name, arguments.get_text("name"));
  NSL_TRY(secrets::ReadSecret secret,
          parts_.secrets.read(context_.account, context_.function, name, deadline_));
  trace_.secrets.push_back({.id = secret.id, .version = secret.version});
  std::string reply = json::json_text(as_text(secret.value.reveal()));
  secret_values_.push_back(std::move(secret.value));
  return reply;
}

Result<std::string> HostCalls::get_value(std::uint32_t, const json::JsonArguments& arguments,
                                         const std::string&) {
  NSL_TRY(const std::string key, arguments.get_text("key"));
  NSL_TRY_VOID(check_storage_key(key));
  NSL_TRY(const auto record, records::find_record<stored::ValueRecord>(
                                 parts_.vault, value_key(context_, key), deadline_));
  return record.has_value() ? record->value.json() : std::string("null");
}

Result<std::string> HostCalls::set_value(std::uint32_t, const json::JsonArguments& arguments,
                                         const std::string&) {
  NSL_TRY(const std::string key, arguments.get_text("key"));
  NSL_TRY_VOID(check_storage_key(key));
  NSL_TRY(const auto present, records::find_record<stored::ValueRecord>(
                                  parts_.vault, value_key(context_, key), deadline_));
  stored::ValueRecord record;
  record.set_json(arguments.raw("value"));
  vault::Batch batch;
  records::put_record(batch, value_key(context_, key), record,
                      present.has_value() ? present->version : 0);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), deadline_));
  return std::string("null");
}

Result<std::string> HostCalls::fetch(std::uint32_t, const json::JsonArguments& arguments,
                                     const std::string&) {
  if (http_calls_ >= limits::kRunHttpCallsMax) {
    return fail(Code::run_host_calls_exceeded, "Too many HTTP calls in one run");
  }
  ++http_calls_;
  outcall::HttpRequest request;
  NSL_TRY(request.url, arguments.get_text("url"));
  NSL_TRY(const auto method, arguments.find_text("method"));
  request.method = method.value_or("GET");
  NSL_TRY(const auto headers, arguments.get_pairs("headers"));
  for (const auto& [name, value] : headers) {
    const bool carries_secret =
        std::any_of(secret_values_.begin(), secret_values_.end(), [&](const SecretBytes& secret) {
          return value.find(as_text(secret.reveal())) != std::string::npos;
        });
    const auto kind = carries_secret ? outcall::HeaderKind::secret : outcall::HeaderKind::plain;
    request.headers.push_back({.name = name, .value = value, .kind = kind});
  }
  NSL_TRY(const auto body, arguments.find_text("body"));
  NSL_TRY(const auto body_base64, arguments.find_text("body_base64"));
  if (body.has_value()) request.body = *body;
  if (body_base64.has_value()) {
    NSL_TRY(const Bytes bytes, codec::decode_base64(*body_base64));
    request.body = to_string(bytes);
  }
  outcall::EgressPolicy policy;
  for (const std::string& entry : context_.function.egress()) {
    policy.allowed_hosts.push_back(to_allowed_host(entry));
  }
  const Deadline deadline =
      deadline_.earlier_of(Deadline::after_ms(parts_.clock, limits::kOutcallMsMax));
  NSL_TRY(const outcall::HttpReply reply, parts_.http.exchange(request, policy, deadline));
  crypto::Digest32 certificate_hash{};
  std::copy_n(reply.certificate_hash.begin(),
              std::min(reply.certificate_hash.size(), certificate_hash.size()),
              certificate_hash.begin());
  trace_.http.push_back({.host = host_of(reply.final_url),
                         .status = static_cast<std::uint32_t>(reply.status),
                         .request_hash = request_hash(request),
                         .reply_hash = crypto::sha256(as_bytes(reply.body)),
                         .certificate_hash = certificate_hash});
  return reply_json(reply);
}

Result<std::string> HostCalls::sign(std::uint32_t, const json::JsonArguments& arguments,
                                    const std::string&) {
  NSL_TRY(const std::string wallet_name, arguments.get_text("wallet"));
  NSL_TRY(const wallets::WalletRecord wallet,
          parts_.wallets.get(context_.account, wallet_name, deadline_));
  const std::string& wallet_id = wallet.value.wallet().id();
  NSL_TRY(
      const wallets::GrantRecord grant,
      parts_.wallets.get_grant(context_.account, wallet_id, context_.function.name(), deadline_));
  if (!grant.value.grant().sign()) {
    return fail(Code::wallet_not_granted, "The grant does not allow signing data");
  }
  NSL_TRY(const std::string data, arguments.get_text("data"));
  NSL_TRY(const Bytes bytes, codec::decode_base64(data));
  NSL_TRY(const auto encoding_name, arguments.find_text("encoding"));
  nsl::v1::SignRequest::Encoding encoding = nsl::v1::SignRequest::raw;
  if (encoding_name.has_value() &&
      !nsl::v1::SignRequest::Encoding_Parse(*encoding_name, &encoding)) {
    return fail(Code::invalid_argument, "encoding: raw or neo_message");
  }
  NSL_TRY(const neo::PrivateKey key,
          parts_.wallets.open_key(context_.account, wallet.value, deadline_));
  NSL_TRY(const nsl::v1::Signature signature, wallets::sign_data(key, encoding, to_string(bytes)));
  return fmt::format(R"({{"signature":"{}","public_key":"{}"}})",
                     codec::encode_base64(as_bytes(signature.signature())),
                     codec::encode_base64(as_bytes(signature.public_key())));
}

Result<transactions::EffectSource> HostCalls::effect_source(std::uint32_t index,
                                                            const json::JsonArguments& arguments,
                                                            const std::string& text) {
  if (effect_calls_ >= limits::kRunEffectsMax) {
    return fail(Code::run_host_calls_exceeded, "Too many transactions in one run");
  }
  ++effect_calls_;
  transactions::EffectSource source{.account = context_.account,
                                    .run_id = context_.run_id,
                                    .function = context_.function.name(),
                                    .call_index = index,
                                    .wallet = {},
                                    .arguments_json = text};
  NSL_TRY(source.wallet, arguments.get_text("wallet"));
  return source;
}

Result<std::string> HostCalls::note_effect(std::uint32_t index,
                                           Result<stored::IntentRecord> intent) {
  // An intent may have been stored before its sending failed; it is followed all the same.
  trace_.effects.push_back(index);
  if (!intent.has_value()) {
    trace_.has_effect_conflict |= intent.error().code() == Code::run_effect_conflict;
    return fail(intent.error());
  }
  std::string reply = fmt::format(R"({{"transaction":"{}","valid_until_block":{}}})",
                                  intent->hash(), intent->valid_until_block());
  trace_.intents.push_back(*std::move(intent));
  return reply;
}

Result<std::string> HostCalls::invoke(std::uint32_t index, const json::JsonArguments& arguments,
                                      const std::string& text) {
  transactions::InvocationRequest request;
  NSL_TRY(request.source, effect_source(index, arguments, text));
  NSL_TRY(const std::string contract, arguments.get_text("contract"));
  NSL_TRY(request.contract, neo::parse_account(contract));
  NSL_TRY(request.method, arguments.get_text("method"));
  NSL_TRY(request.arguments, arguments.get_contract_arguments("args"));
  return note_effect(index, parts_.effects.invoke(request, deadline_));
}

Result<std::string> HostCalls::transfer(std::uint32_t index, const json::JsonArguments& arguments,
                                        const std::string& text) {
  transactions::TransferRequest request;
  NSL_TRY(request.source, effect_source(index, arguments, text));
  NSL_TRY(const std::string asset, arguments.get_text("asset"));
  NSL_TRY(request.payment.token, transactions::parse_asset(asset));
  NSL_TRY(const std::string to, arguments.get_text("to"));
  NSL_TRY(request.payment.to, neo::parse_account(to));
  NSL_TRY(const auto amount, arguments.find_text("amount"));
  request.payment.amount = amount.value_or("");
  NSL_TRY(const auto token_id, arguments.find_text("token_id"));
  if (token_id.has_value()) {
    NSL_TRY(request.payment.token_id, codec::decode_base64(*token_id));
  }
  NSL_TRY(const auto data,
          json::JsonArguments::parse("{\"data\":[" + arguments.raw("data") + "]}"));
  NSL_TRY(neo::StackItem::List items, data.get_contract_arguments("data"));
  NSL_ASSERT(items.size() == 1);
  request.payment.data = std::move(items.front());
  return note_effect(index, parts_.effects.transfer(request, deadline_));
}

Result<std::string> HostCalls::block_height(std::uint32_t, const json::JsonArguments&,
                                            const std::string&) {
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(deadline_));
  note_chain_read(height);
  return fmt::format("{}", height.value());
}

Result<std::string> HostCalls::call_contract(std::uint32_t, const json::JsonArguments& arguments,
                                             const std::string&) {
  NSL_TRY(const std::string contract_text, arguments.get_text("contract"));
  NSL_TRY(const neo::UInt160 contract, neo::parse_account(contract_text));
  NSL_TRY(const std::string method, arguments.get_text("method"));
  NSL_TRY(const neo::StackItem::List items, arguments.get_contract_arguments("args"));
  NSL_TRY(const Bytes script,
          neo::make_call_script(contract, method, items, neo::CallFlags::read_only));
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(deadline_));
  NSL_TRY(const chain::Invocation invocation, parts_.chain.invoke_script(script, {}, deadline_));
  note_chain_read(height);
  return fmt::format(R"({{"state":"{}","exception":{},"gas_consumed":"{}","stack":{}}})",
                     invocation.is_halt ? "HALT" : "FAULT",
                     invocation.exception.empty() ? "null" : json::json_text(invocation.exception),
                     invocation.gas_consumed.to_text(), invocation.stack_json);
}

void HostCalls::note_chain_read(neo::BlockIndex height) {
  trace_.chain.push_back({.height = height.value(), .proof = parts_.chain.proof()});
}

Result<std::string> HostCalls::now(std::uint32_t, const json::JsonArguments&, const std::string&) {
  time_ = std::max(time_, parts_.clock.wall_time());
  return fmt::format("{}", time_.value());
}

// The run has nothing else to do meanwhile: it asks to sleep only when no other call is open.
Result<std::string> HostCalls::sleep(std::uint32_t, const json::JsonArguments& arguments,
                                     const std::string&) {
  NSL_TRY(const std::uint64_t ms, arguments.get_unsigned("ms"));
  if (std::cmp_greater(ms, limits::kRunWallMsMax)) {
    return fail(Code::invalid_argument, "ms: longer than a run lasts");
  }
  const Deadline until = Deadline::after_ms(parts_.clock, static_cast<std::int64_t>(ms));
  while (!until.has_passed(parts_.clock)) {
    if (context_.is_cancelled() || deadline_.has_passed(parts_.clock)) {
      return fail(Code::run_cancelled, "The run ends before its timer");
    }
    const std::int64_t slice = std::min(until.ms_left(parts_.clock), kSleepSliceMs);
    if (context_.pause) {
      context_.pause(slice);
    } else {
      wait_ms(parts_.clock, slice);
    }
  }
  return std::string("null");
}

Result<std::string> HostCalls::random_bytes(std::uint32_t, const json::JsonArguments& arguments,
                                            const std::string&) {
  NSL_TRY(const std::uint64_t count, arguments.get_unsigned("count"));
  if (count > kRandomBytesMax) return fail(Code::invalid_argument, "count: at most 4096");
  Bytes bytes(count);
  parts_.random.fill(bytes);
  return json::json_text(codec::encode_base64(bytes));
}

}  // namespace nsl::enclave::execution
