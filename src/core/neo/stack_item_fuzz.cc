// Whatever parses as a stack item is exactly what serialize() gives back, and both JSON forms can
// be written.
#include "core/neo/stack_item.h"

#include "core/base/assert.h"
#include "core/neo/stack_item_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::neo;
  const ByteView bytes(data, size);
  const Result<StackItem> item = parse_stack_item(bytes);
  if (!item.has_value()) return 0;
  NSL_ASSERT(equal(serialize(*item).value(), bytes));
  NSL_ASSERT(check_stack_item_limits(*item).has_value());
  NSL_ASSERT(!to_rpc_json(*item).empty());
  for (const ParameterType type : {ParameterType::any, ParameterType::string,
                                   ParameterType::integer, ParameterType::hash160}) {
    const Result<std::string> plain = to_plain_json(*item, type);
    NSL_ASSERT(!plain.has_value() || !plain->empty());
  }
  return 0;
}
