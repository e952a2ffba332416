// What Python does when there is no memory left.
//
// CPython 3.11 needs memory to leave a block with a handler (ceval.c, exception_unwind: the number
// of the instruction becomes an int) and tries again without end when there is none. So a part is
// held back: it is given away when the last bytes are refused for the first time, for the handlers
// of the MemoryError that follows. When that is used up too, the process ends with
// abi::kExitOutOfMemory.
#pragma once

namespace nsl::runner::python {

// Between Python's pre-initialization and its start.
void hold_memory_back();

}  // namespace nsl::runner::python
