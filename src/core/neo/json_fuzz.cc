// JSON of wallets, manifests and nodes. What is read as one of them is printed as a text that is
// read as the same.
#include "core/base/assert.h"
#include "core/neo/application_log.h"
#include "core/neo/json.h"
#include "core/neo/manifest.h"
#include "core/neo/nep6.h"
#include "core/neo/rpc_signer.h"
#include "core/neo/rpc_transaction.h"
#include "core/neo/stack_item_json.h"
#include "core/neo/state_root.h"

namespace {

using namespace nsl;
using namespace nsl::neo;

template <class Parse>
void check_round_trip(const JsonValue& json, Parse parse) {
  const auto value = parse(json);
  if (value.has_value()) NSL_ASSERT(parse(to_json(*value)).value() == *value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<JsonValue> json = parse_json(as_text(ByteView(data, size)), 1U << 20);
  if (!json.has_value()) return 0;
  NSL_ASSERT(parse_json(to_text(*json), SIZE_MAX).value() == *json);
  check_round_trip(*json, [](const JsonValue& each) { return parse_rpc_transaction(each); });
  check_round_trip(*json, [](const JsonValue& each) { return parse_rpc_block(each); });
  check_round_trip(*json, [](const JsonValue& each) { return parse_rpc_header(each); });
  check_round_trip(*json, [](const JsonValue& each) { return parse_rpc_signer(each); });
  check_round_trip(*json, [](const JsonValue& each) { return parse_rpc_condition(each); });
  check_round_trip(*json, [](const JsonValue& each) { return parse_rpc_attribute(each); });
  check_round_trip(*json, [](const JsonValue& each) { return parse_rpc_state_root(each); });
  check_round_trip(*json, [](const JsonValue& each) { return parse_manifest(each); });
  if (const auto wallet = parse_nep6(*json); wallet.has_value()) {
    NSL_ASSERT(parse_nep6(to_json(*wallet))->accounts == wallet->accounts);
  }
  if (const auto item = parse_rpc_stack_item(*json); item.has_value()) {
    const JsonValue printed = parse_json(to_rpc_json(*item), SIZE_MAX).value();
    // What stands for an iterator or pointer has no value to print.
    const Result<Bytes> bytes = serialize(*item);
    if (bytes.has_value()) NSL_ASSERT(parse_rpc_stack_item(printed).value() == *item);
  }
  (void)parse_rpc_application_log(*json);
  (void)parse_rpc_invocation(*json);
  (void)parse_rpc_iterator(*json);
  return 0;
}
