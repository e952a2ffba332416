// Reading what a method's iterator gives within one script, so that no node has to keep a session
// and every node gives the same answer.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/stack_item.h"

namespace nsl::neo {

struct IteratorRange {
  // Items to pass over before.
  std::uint32_t skip = 0;
  // Items to read at most.
  std::uint32_t count = 0;
};

// Calls the method with leave to read only. Leaves an array of the items, and on top of it whether
// there are more; faults when the method returns no iterator.
Result<Bytes> make_iterator_script(const UInt160& contract, std::string_view method,
                                   const StackItem::List& arguments, const IteratorRange& range);

}  // namespace nsl::neo
