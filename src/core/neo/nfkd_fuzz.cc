#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "core/codec/utf8.h"
#include "core/neo/nfkd.h"

// The form of a form is itself, and is UTF-8 again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const nsl::ByteView bytes(data, size);
  const auto form = nsl::neo::to_nfkd(nsl::as_text(bytes), 4096);
  if (!form.has_value()) return 0;
  NSL_ASSERT(nsl::codec::is_valid_utf8(form->reveal()));
  const auto again = nsl::neo::to_nfkd(nsl::as_text(form->reveal()), form->size());
  NSL_ASSERT(again.has_value() && nsl::equal(again->reveal(), form->reveal()));
  return 0;
}
