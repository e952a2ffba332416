#include "client/function_test/doubles.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/base/limits.h"
#include "core/codec/base64.h"

namespace nsl::client::function_test {
namespace {

using neo::JsonValue;

constexpr std::uint64_t kRandomBytesMax = 1024;
constexpr std::size_t kLineBytesMax = 200;

std::optional<double> number_of(const JsonValue& value) {
  if (const double* real = value.find_real()) return *real;
  if (const auto integer = value.to_int64()) return static_cast<double>(*integer);
  if (const auto integer = value.to_uint64()) return static_cast<double>(*integer);
  return std::nullopt;
}

Answer undeclared() {
  return {.code = std::string(code_text(Code::not_found)),
          .message = "No double answers this call: declare it under doubles"};
}

// What an entry says: {"result": ...} or {"error": CODE}.
Answer said(const JsonValue& entry) {
  const JsonValue* error = entry.find("error");
  if (error != nullptr && error->find_string() != nullptr) {
    return {.code = *error->find_string(), .message = "Refused by a double"};
  }
  const JsonValue* result = entry.find("result");
  return {.value = result == nullptr ? "null" : to_text(*result)};
}

std::unexpected<Error> wrong(std::string_view what) {
  return fail(Code::cli_usage, fmt::format("doubles: {}", what));
}

const std::string* text_of(const JsonValue& object, std::string_view name) {
  const JsonValue* value = object.find(name);
  return value == nullptr ? nullptr : value->find_string();
}

// The reply of http.fetch as the runner's contract has it (api/nsl/runner/v1/runner.proto).
std::string exchange_json(const JsonValue& entry, const std::string& url) {
  JsonValue reply = JsonValue::object();
  const JsonValue* status = entry.find("status");
  reply.add("status", status == nullptr ? JsonValue::integer(200) : *status);
  JsonValue headers = JsonValue::array();
  const JsonValue* declared = entry.find("headers");
  if (declared != nullptr && declared->find_object() != nullptr) {
    for (const auto& [name, value] : *declared->find_object()) {
      headers.add(JsonValue::array({JsonValue::string(name), value}));
    }
  }
  reply.add("headers", std::move(headers));
  reply.add("url", JsonValue::string(url));
  const JsonValue* body = entry.find("body");
  if (body == nullptr) {
    reply.add("body", JsonValue::string(""));
  } else {
    // Anything but text is served as its JSON.
    reply.add("body", body->find_string() != nullptr ? *body : JsonValue::string(to_text(*body)));
  }
  return to_text(reply);
}

std::string counted_bytes(std::uint64_t count) {
  Bytes bytes;
  for (std::uint64_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return to_text(JsonValue::string(codec::encode_base64(bytes)));
}

}  // namespace

bool is_same(const JsonValue& left, const JsonValue& right) {
  const auto left_number = number_of(left);
  const auto right_number = number_of(right);
  if (left_number.has_value() || right_number.has_value()) {
    // Integers compare exactly: above 2^53 different ones would become the same number.
    if (left.to_int64().has_value() && right.to_int64().has_value()) return left == right;
    return left_number == right_number;
  }
  const auto* left_items = left.find_array();
  const auto* right_items = right.find_array();
  if (left_items != nullptr && right_items != nullptr) {
    return std::ranges::equal(*left_items, *right_items, is_same);
  }
  const auto* left_members = left.find_object();
  const auto* right_members = right.find_object();
  if (left_members == nullptr || right_members == nullptr) return left == right;
  return left_members->size() == right_members->size() &&
         std::ranges::all_of(*left_members, [&right](const JsonValue::Member& member) {
           const JsonValue* other = right.find(member.first);
           return other != nullptr && is_same(member.second, *other);
         });
}

bool contains(const JsonValue& actual, const JsonValue& wanted) {
  const auto* members = wanted.find_object();
  if (members == nullptr) return is_same(actual, wanted);
  return std::ranges::all_of(*members, [&actual](const JsonValue::Member& member) {
    const JsonValue* value = actual.find(member.first);
    return value != nullptr && contains(*value, member.second);
  });
}

Result<Doubles> Doubles::parse(const JsonValue* declared) {
  Doubles doubles;
  if (declared == nullptr) return doubles;
  const auto* members = declared->find_object();
  if (members == nullptr) return wrong("must be an object");
  for (const auto& [name, value] : *members) {
    if (name == "http") {
      if (value.find_array() == nullptr) return wrong("http is a list of exchanges");
      doubles.http_ = value;
    } else if (value.find_object() == nullptr) {
      return wrong(name + " is an object");
    } else if (name == "secrets") {
      doubles.secrets_ = value;
    } else if (name == "calls") {
      doubles.calls_ = value;
    } else if (name == "storage") {
      for (const auto& [key, stored] : *value.find_object()) doubles.storage_[key] = stored;
    } else {
      return wrong("takes secrets, storage, http and calls, not " + name);
    }
  }
  return doubles;
}

Answer Doubles::find_secret(const JsonValue& arguments) const {
  const std::string* name = text_of(arguments, "name");
  const JsonValue* value = name == nullptr ? nullptr : secrets_.find(*name);
  return value == nullptr ? undeclared() : Answer{.value = to_text(*value)};
}

Answer Doubles::find_exchange(const JsonValue& arguments) const {
  const auto* exchanges = http_.find_array();
  const std::string* url = text_of(arguments, "url");
  const std::string* method = text_of(arguments, "method");
  if (exchanges == nullptr || url == nullptr || method == nullptr) return undeclared();
  for (const JsonValue& entry : *exchanges) {
    const std::string* wanted_url = text_of(entry, "url");
    const std::string* wanted_method = text_of(entry, "method");
    if (wanted_url == nullptr || *wanted_url != *url) continue;
    if (wanted_method != nullptr && *wanted_method != *method) continue;
    if (entry.find("error") != nullptr) return said(entry);
    return {.value = exchange_json(entry, *url)};
  }
  return undeclared();
}

Answer Doubles::find_call(const std::string& method, const JsonValue& arguments) const {
  const JsonValue& declared = *calls_.find(method);
  const auto* cases = declared.find_array();
  const auto has_when = [](const JsonValue& entry) { return entry.find("when") != nullptr; };
  if (cases == nullptr || cases->empty() || !std::ranges::all_of(*cases, has_when)) {
    return {.value = to_text(declared)};
  }
  for (const JsonValue& entry : *cases) {
    if (contains(arguments, *entry.find("when"))) return said(entry);
  }
  return undeclared();
}

Answer Doubles::use_storage(const std::string& method, const JsonValue& arguments) {
  const std::string* key = text_of(arguments, "key");
  if (key == nullptr) return undeclared();
  if (method == "storage.set") {
    const JsonValue* value = arguments.find("value");
    storage_[*key] = value == nullptr ? JsonValue() : *value;
    return {.value = "null"};
  }
  const auto found = storage_.find(*key);
  return {.value = found == storage_.end() ? "null" : to_text(found->second)};
}

Answer Doubles::dispatch(const std::string& method, const JsonValue& arguments) {
  // A declared call goes before what would be answered anyway.
  if (calls_.find(method) != nullptr) return find_call(method, arguments);
  if (method == "secrets.get") return find_secret(arguments);
  if (method == "http.fetch") return find_exchange(arguments);
  if (method == "storage.get" || method == "storage.set") return use_storage(method, arguments);
  // Tests do not wait: a runner takes the time for over.
  if (method == "time.sleep") return {.value = "null"};
  if (method == "time.now") return {.value = std::to_string(kTestTimeMs)};
  if (method != "random.bytes") return undeclared();
  const JsonValue* count = arguments.find("count");
  const auto number = count == nullptr ? std::nullopt : count->to_uint64();
  if (!number.has_value() || *number > kRandomBytesMax) return undeclared();
  return {.value = counted_bytes(*number)};
}

Answer Doubles::answer(const runner::v1::HostCall& call) {
  const auto arguments =
      neo::parse_json(call.arguments(), static_cast<std::size_t>(limits::kFrameBytesMax));
  Answer answer = arguments.has_value() ? dispatch(call.method(), *arguments) : undeclared();
  if (answer.code == code_text(Code::not_found)) {
    unanswered_.push_back((call.method() + " " + call.arguments()).substr(0, kLineBytesMax));
  }
  return answer;
}

}  // namespace nsl::client::function_test
