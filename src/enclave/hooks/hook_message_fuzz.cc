// A stranger's message: headers and body cut out of the input.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "enclave/hooks/hook_message.h"
#include "enclave/json/json_arguments.h"

namespace hooks = nsl::enclave::hooks;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const nsl::ByteView bytes(data, size);
  std::string_view rest = nsl::as_text(bytes);
  nsl::v1::ReceiveHookRequest request;
  for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-signature", "x-kind"}) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    auto* header = request.add_headers();
    header->set_name(name);
    header->set_value(std::string(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  request.set_body(std::string(rest));
  const hooks::HookMessage message = hooks::parse_message(request);
  // Nobody guesses a signature of a secret that is not theirs.
  NSL_ASSERT(!hooks::is_signed(message, nsl::as_bytes("another secret, of 32 bytes here")));
  static_cast<void>(hooks::is_of_now(message, nsl::WallTime(1'700'000'000'000)));
  nsl::v1::WebhookSource source;
  source.add_headers("x-kind");
  const auto input = hooks::to_input(request, source);
  if (input.has_value()) NSL_ASSERT(nsl::enclave::json::check_json(*input).has_value());
  return 0;
}
