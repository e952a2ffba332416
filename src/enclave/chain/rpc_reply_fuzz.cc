#include <cstddef>
#include <cstdint>

#include "core/base/bytes.h"
#include "enclave/chain/rpc_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace chain = nsl::enclave::chain;
  const std::string_view text = nsl::as_text({data, size});
  const auto reply = chain::parse_reply(text, 1);
  const std::string_view result = reply.has_value() ? std::string_view(reply->result_json) : text;
  static_cast<void>(chain::parse_unsigned(result));
  static_cast<void>(chain::parse_version(result));
  static_cast<void>(chain::parse_application_log(result));
  static_cast<void>(chain::parse_block_content(result, nsl::neo::BlockIndex(0)));
  static_cast<void>(chain::parse_integer_result(result));
  static_cast<void>(chain::parse_raw_block(result));
  static_cast<void>(chain::parse_network_fee(result));
  static_cast<void>(chain::parse_replies(text, 1, 2));
  return 0;
}
