#include "runner/python/memory.h"

#include <Python.h>
#include <unistd.h>

#include <cstddef>

#include "runner/abi/abi.h"

namespace nsl::runner::python {
namespace {

// A request as small as this is refused only when nothing is left; larger ones a function may
// survive by itself.
constexpr std::size_t kLastBytes = 4096;
// Large enough for the C library to map it apart, so that freeing it gives it back to the limit.
constexpr std::size_t kHeldBackBytes = 512 << 10;

PyMemAllocatorEx beneath;
void* held_back = nullptr;

// Python takes objects of up to 512 bytes from arenas, and from here when no arena can be had.
void* judged(void* memory, std::size_t size) {
  if (memory != nullptr || size > kLastBytes) return memory;
  if (held_back == nullptr) ::_exit(abi::kExitOutOfMemory);
  beneath.free(beneath.ctx, held_back);
  held_back = nullptr;
  return nullptr;
}

void* take(void* context, std::size_t size) { return judged(beneath.malloc(context, size), size); }

void* take_zeroed(void* context, std::size_t count, std::size_t size) {
  // SAFETY: Python refuses a product that overflows before it asks.
  return judged(beneath.calloc(context, count, size), count * size);
}

void* resize(void* context, void* memory, std::size_t size) {
  return judged(beneath.realloc(context, memory, size), size);
}

void give_back(void* context, void* memory) { beneath.free(context, memory); }

}  // namespace

void hold_memory_back() {
  // SAFETY: the allocators are Python's own, called with its own context.
  PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &beneath);
  held_back = beneath.malloc(beneath.ctx, kHeldBackBytes);
  PyMemAllocatorEx ours{.ctx = beneath.ctx,
                        .malloc = take,
                        .calloc = take_zeroed,
                        .realloc = resize,
                        .free = give_back};
  PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &ours);
}

}  // namespace nsl::runner::python
