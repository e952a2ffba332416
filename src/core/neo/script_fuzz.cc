// Scripts: what disassembles covers every byte, and calls that are read back and written again are
// the same calls.
#include "core/base/assert.h"
#include "core/neo/contract.h"
#include "core/neo/disassembly.h"
#include "core/neo/script_calls.h"
#include "core/neo/script_reader.h"
#include "core/neo/witness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::neo;
  const ByteView script(data, size);
  const auto instructions = disassemble(script);
  NSL_ASSERT(instructions.has_value() == check_script(script).has_value());
  if (check_script_strictly(script).has_value()) NSL_ASSERT(instructions.has_value());
  (void)parse_multisig_script(script);
  if (const auto signatures = pushed_signatures(script); signatures.has_value()) {
    NSL_ASSERT(equal(make_invocation_script(*signatures), script));
  }
  const auto calls = parse_calls(script);
  if (!calls.has_value()) return 0;
  ScriptBuilder builder;
  for (const ContractCall& each : *calls) {
    builder.call(each.contract, each.method, each.arguments, each.flags);
    if (each.result == ResultUse::asserted) builder.emit(Opcode::assert_);
    if (each.result == ResultUse::dropped) builder.emit(Opcode::drop);
    (void)find_transfer(each);
  }
  const Result<Bytes> written = std::move(builder).finish();
  // A result may be used after a later call; only then is the order of instructions another.
  if (written.has_value()) NSL_ASSERT(parse_calls(*written)->size() == calls->size());
  return 0;
}
