#include <cstddef>
#include <cstdint>

#include "core/base/assert.h"
#include "enclave/chain_access/contract_arguments.h"

// Whatever is sent, what is taken for arguments has the size a contract may be given.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nsl::v1::CallContractRequest request;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return 0;
  const auto items = nsl::enclave::chain_access::parse_arguments(request.args());
  if (!items.has_value()) return 0;
  for (const auto& item : *items) {
    NSL_ASSERT(nsl::neo::check_stack_item_limits(item).has_value());
  }
  return 0;
}
