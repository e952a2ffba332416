#include <cstddef>
#include <cstdint>

#include "core/base/bytes.h"
#include "enclave/json/json_arguments.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = nsl::enclave::json::JsonArguments::parse(nsl::as_text({data, size}));
  if (!parsed.has_value()) return 0;
  static_cast<void>(parsed->get_contract_arguments("args"));
  static_cast<void>(parsed->get_pairs("headers"));
  static_cast<void>(parsed->get_text("url"));
  static_cast<void>(parsed->get_unsigned("count"));
  // What we hand on as a field's own JSON must itself be JSON.
  if (!nsl::enclave::json::check_json(parsed->raw("value")).has_value()) __builtin_trap();
  return 0;
}
