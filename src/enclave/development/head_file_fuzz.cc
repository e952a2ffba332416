// The head file as any bytes: a head is read only from a slot that encodes to itself.
#include <cstdlib>

#include "enclave/development/head_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::enclave::development;
  const ByteView contents(data, size);
  const auto head = parse_head_file(contents);
  if (!head.has_value()) return 0;
  const Bytes slot = encode_head_slot(*head);
  const bool is_first = equal(contents.first(kHeadSlotBytes), slot);
  const bool is_second = contents.size() >= kHeadSlotDistance + kHeadSlotBytes &&
                         equal(contents.subspan(kHeadSlotDistance, kHeadSlotBytes), slot);
  if (!is_first && !is_second) std::abort();
  return 0;
}
