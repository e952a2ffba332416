#include "enclave/functions/function_content.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/codec/cbor.h"
#include "enclave/functions/function_archive.h"
#include "enclave/policy/egress_policy.h"
#include "enclave/records/names.h"

namespace nsl::enclave::functions {
namespace {

using nsl::v1::PutFunctionRequest;

// Identifiers of the plain sort, of any language; what an exported handler is called.
bool is_entry_point(const std::string& text) {
  if (text.size() > static_cast<std::size_t>(limits::kNameBytesMax)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_letter && !(is_digit && i > 0)) return false;
  }
  return true;
}

Result<std::uint32_t> parse_limit(std::uint32_t asked, std::int64_t fallback, std::int64_t maximum,
                                  const char* field) {
  if (asked == 0) return static_cast<std::uint32_t>(fallback);
  if (asked > maximum) {
    return fail(Code::invalid_argument, fmt::format("/limits/{}: at most {}", field, maximum));
  }
  return asked;
}

Result<nsl::v1::FunctionLimits> parse_limits(const nsl::v1::FunctionLimits& asked) {
  nsl::v1::FunctionLimits result;
  NSL_TRY(const auto wall_ms, parse_limit(asked.wall_ms(), limits::kRunWallMsDefault,
                                          limits::kRunWallMsMax, "wall_ms"));
  NSL_TRY(const auto cpu_ms,
          parse_limit(asked.cpu_ms(), limits::kRunCpuMsMax, limits::kRunCpuMsMax, "cpu_ms"));
  NSL_TRY(const auto memory_bytes, parse_limit(asked.memory_bytes(), limits::kRunMemoryBytesMax,
                                               limits::kRunMemoryBytesMax, "memory_bytes"));
  result.set_wall_ms(wall_ms);
  result.set_cpu_ms(cpu_ms);
  result.set_memory_bytes(memory_bytes);
  return result;
}

Result<void> check_environment(const PutFunctionRequest& request) {
  if (request.environment_size() > limits::kEnvironmentEntriesMax) {
    return fail(Code::invalid_argument, "/environment: too many entries");
  }
  std::size_t size = 0;
  for (const auto& [name, value] : request.environment()) size += name.size() + value.size();
  if (size > static_cast<std::size_t>(limits::kEnvironmentBytesMax)) {
    return fail(Code::invalid_argument, "/environment: too large");
  }
  return {};
}

void write_texts(codec::CborWriter& writer,
                 const google::protobuf::RepeatedPtrField<std::string>& texts) {
  writer.begin_array(static_cast<std::size_t>(texts.size()));
  for (const std::string& text : texts) writer.write_text(text);
}

void write_files(codec::CborWriter& writer,
                 const google::protobuf::RepeatedPtrField<nsl::v1::FunctionFile>& files) {
  writer.begin_array(static_cast<std::size_t>(files.size()));
  for (const nsl::v1::FunctionFile& file : files) {
    writer.begin_array(2).write_text(file.path());
    writer.write_bytes(crypto::sha256(as_bytes(file.content())));
  }
}

}  // namespace

Result<stored::FunctionVersionRecord> parse_content(const PutFunctionRequest& request) {
  NSL_TRY_VOID(records::check_name(request.name(), "name"));
  if (request.runtime() != PutFunctionRequest::javascript &&
      request.runtime() != PutFunctionRequest::python &&
      request.runtime() != PutFunctionRequest::csharp) {
    return fail(Code::runtime_unsupported,
                "/runtime: this service runs javascript, python and csharp");
  }
  if (request.source().empty() && request.archive().empty()) {
    return fail(Code::function_invalid, "/source: is empty");
  }
  if (request.source().size() > static_cast<std::size_t>(limits::kFunctionSourceBytesMax)) {
    return fail(Code::payload_too_large, "/source: is too large");
  }
  if (!is_entry_point(request.entry_point())) {
    return fail(Code::invalid_argument, "/entry_point: not the name of a function");
  }
  if (request.secrets_size() > limits::kSecretsPerAccountMax ||
      request.egress_size() > limits::kEgressHostsMax) {
    return fail(Code::invalid_argument, "/egress: too many hosts or secrets");
  }
  NSL_TRY_VOID(check_environment(request));
  stored::FunctionVersionRecord version;
  PutFunctionRequest& content = *version.mutable_content();
  content = request;
  NSL_TRY(*content.mutable_limits(), parse_limits(request.limits()));
  for (const std::string& secret : request.secrets()) {
    NSL_TRY_VOID(records::check_name(secret, "secrets"));
  }
  for (std::string& entry : *content.mutable_egress()) {
    NSL_TRY(entry, policy::parse_egress_entry(entry));
  }
  NSL_TRY_VOID(unpack_archive(version));
  return version;
}

crypto::Digest32 content_digest(const stored::FunctionVersionRecord& version) {
  const PutFunctionRequest& content = version.content();
  codec::CborWriter writer;
  // What was deployed before there was a choice keeps its digest.
  const std::size_t more = content.reuse() ? 1 : 0;
  if (version.files().empty()) {
    writer.begin_array(10 + more).write_text("nsl-function-v1");
    writer.write_text(PutFunctionRequest::Runtime_Name(content.runtime()));
    writer.write_text(content.source());
  } else {
    writer.begin_array(11 + more).write_text("nsl-function-v2");
    writer.write_text(PutFunctionRequest::Runtime_Name(content.runtime()));
    writer.write_text(content.entry_file());
    write_files(writer, version.files());
  }
  writer.write_text(content.entry_point())
      .write_unsigned(content.limits().wall_ms())
      .write_unsigned(content.limits().cpu_ms())
      .write_unsigned(content.limits().memory_bytes());
  write_texts(writer, content.secrets());
  write_texts(writer, content.egress());
  writer.begin_map(static_cast<std::size_t>(content.environment_size()));
  for (const auto& [name, value] : content.environment()) {
    writer.write_text(name).write_text(value);
  }
  if (content.reuse()) writer.write_text("reuse");
  return crypto::sha256(std::move(writer).take());
}

}  // namespace nsl::enclave::functions
