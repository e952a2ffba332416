#include "enclave/hooks/hook_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "enclave/json/json_arguments.h"
#include "enclave/runs/run_book.h"

namespace nsl::enclave::hooks {
namespace {

using nsl::v1::HookReply;
using nsl::v1::Run;

constexpr std::uint32_t kAccepted = 202;
constexpr std::uint32_t kFailed = 500;
constexpr std::string_view kContentType = "content-type";
// None of them says anything about this service or makes a client act elsewhere.
constexpr std::array<std::string_view, 5> kOtherHeaders = {"cache-control", "content-language",
                                                           "etag", "last-modified", "retry-after"};
constexpr std::size_t kHeaderBytesMax = 1024;

bool is_header_value(std::string_view value) {
  return value.size() <= kHeaderBytesMax &&
         std::ranges::all_of(value, [](char c) { return c >= ' ' && c < '\x7f'; });
}

void add_header(HookReply& reply, std::string_view name, std::string_view value) {
  nsl::v1::HttpHeader& header = *reply.add_headers();
  header.set_name(std::string(name));
  header.set_value(std::string(value));
}

HookReply json_reply(std::uint32_t status, std::string body) {
  HookReply reply;
  reply.set_status(status);
  add_header(reply, kContentType, "application/json");
  reply.set_body(std::move(body));
  return reply;
}

HookReply failed(const Run& run) {
  return json_reply(kFailed, fmt::format(R"({{"run":{},"status":{}}})", json::json_text(run.id()),
                                         json::json_text(Run::Status_Name(run.status()))));
}

// The headers of an output: an object {name: value}, or [[name, value], ...] as a Response of the
// runner says them.
class OutputHeaders {
 public:
  explicit OutputHeaders(const json::JsonArguments& output)
      : pairs_(output.get_pairs("headers")),
        object_(json::JsonArguments::parse(output.raw("headers"))) {}

  // One that may leave.
  std::optional<std::string> find(std::string_view name) const {
    std::optional<std::string> value;
    if (pairs_.has_value()) {
      const auto& pairs = *pairs_;
      const auto pair = std::ranges::find(pairs, name, &Pair::first);
      if (pair != pairs.end()) value = pair->second;
    } else if (object_.has_value()) {
      value = object_->find_text(name).value_or(std::nullopt);
    }
    if (value.has_value() && !is_header_value(*value)) value.reset();
    return value;
  }

 private:
  using Pair = std::pair<std::string, std::string>;

  Result<std::vector<Pair>> pairs_;
  Result<json::JsonArguments> object_;
};

HookReply http_reply(const json::JsonArguments& output, std::uint64_t status) {
  HookReply reply;
  reply.set_status(static_cast<std::uint32_t>(status));
  const OutputHeaders headers(output);
  // A text is the body itself; any other value is its JSON.
  const auto text = output.find_text("body");
  const bool is_text = text.has_value() && text->has_value();
  if (is_text) reply.set_body(**text);
  const std::string json = is_text ? std::string() : output.raw("body");
  if (json != "null") reply.mutable_body()->append(json);
  add_header(reply, kContentType,
             headers.find(kContentType)
                 .value_or(is_text ? "text/plain; charset=utf-8" : "application/json"));
  for (const std::string_view name : kOtherHeaders) {
    if (const auto value = headers.find(name)) add_header(reply, name, *value);
  }
  return reply;
}

}  // namespace

HookReply accepted(const Run& run) {
  return json_reply(kAccepted, fmt::format(R"({{"run":{}}})", json::json_text(run.id())));
}

HookReply answer_of(const Run& run) {
  if (!runs::is_final(run.status())) return accepted(run);
  if (run.status() != Run::SUCCEEDED) return failed(run);
  constexpr std::uint64_t kStatusMin = 200;
  constexpr std::uint64_t kStatusMax = 599;
  const auto output = json::JsonArguments::parse(run.output());
  const bool is_answer = output.has_value() && output->raw("status") != "null";
  if (!is_answer) return json_reply(200, run.output());
  const Result<std::uint64_t> status = output->get_unsigned("status");
  // Not an HTTP answer after all: an output that has a status of its own.
  if (!status.has_value()) return json_reply(200, run.output());
  if (*status < kStatusMin || *status > kStatusMax) return failed(run);
  return http_reply(*output, *status);
}

}  // namespace nsl::enclave::hooks
