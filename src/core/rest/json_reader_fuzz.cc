// Any bytes as the JSON body of requests of several shapes: no crash, and what is accepted prints
// and reads back.
#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "core/rest/json_printer.h"
#include "core/rest/json_reader.h"
#include "nsl/v1/account.pb.h"
#include "nsl/v1/function.pb.h"
#include "nsl/v1/run.pb.h"
#include "nsl/v1/wallet.pb.h"

namespace {

template <class Message>
void try_as(std::string_view text) {
  Message message;
  const auto names = nsl::rest::FieldNames::declared_or_camel_case;
  if (!nsl::rest::read_json(text, names, message).has_value()) return;
  NSL_ASSERT(nsl::rest::check_json(text).has_value());
  const auto printed = nsl::rest::print_json(message);
  NSL_ASSERT(printed.has_value());
  Message back;
  NSL_ASSERT(nsl::rest::read_json(*printed, names, back).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(nsl::as_text(nsl::ByteView(data, size)));
  try_as<nsl::v1::PutFunctionRequest>(text);
  try_as<nsl::v1::CreateSessionRequest>(text);
  try_as<nsl::v1::PutGrantRequest>(text);
  try_as<nsl::v1::Run>(text);
  return 0;
}
