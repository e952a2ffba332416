#include <unistd.h>
#include <v8-initialization.h>

#include <algorithm>
#include <new>

#include "runner/abi/abi.h"
#include "runner/js/memory.h"

namespace nsl::runner::js {
namespace {

constexpr std::size_t kZygoteHeapBytes = std::size_t{16} << 20;
// A young generation of this size is collected within a millisecond and stays in the cache.
constexpr std::size_t kYoungBytes = std::size_t{3} << 20;

// The heap limit of this process. V8's callbacks carry no state of ours across the fork, and a run
// is one process with one isolate.
std::size_t heap_limit_bytes = kZygoteHeapBytes;

[[noreturn]] void end_out_of_memory() { ::_exit(abi::kExitOutOfMemory); }

std::size_t near_heap_limit(void*, std::size_t current, std::size_t) {
  if (current >= heap_limit_bytes) end_out_of_memory();
  return heap_limit_bytes;
}

void out_of_memory(const char*, const v8::OOMDetails&) { end_out_of_memory(); }

}  // namespace

bool CountingAllocator::take(std::size_t length) {
  if (length > limit_ - std::min(used_, limit_)) return false;
  used_ += length;
  return true;
}

void* CountingAllocator::Allocate(std::size_t length) {
  if (!take(length)) return nullptr;
  void* data = inner_->Allocate(length);
  if (data == nullptr) used_ -= length;
  return data;
}

void* CountingAllocator::AllocateUninitialized(std::size_t length) {
  if (!take(length)) return nullptr;
  void* data = inner_->AllocateUninitialized(length);
  if (data == nullptr) used_ -= length;
  return data;
}

void CountingAllocator::Free(void* data, std::size_t length) {
  inner_->Free(data, length);
  used_ -= std::min(used_, length);
}

void set_zygote_heap(v8::Isolate::CreateParams& parameters) {
  parameters.constraints.set_max_old_generation_size_in_bytes(kZygoteHeapBytes);
  parameters.constraints.set_max_young_generation_size_in_bytes(kYoungBytes);
}

void watch_heap(v8::Isolate* isolate) {
  isolate->AddNearHeapLimitCallback(near_heap_limit, nullptr);
  isolate->SetOOMErrorHandler(out_of_memory);
  std::set_new_handler(end_out_of_memory);
}

void set_run_memory(CountingAllocator& allocator, std::uint64_t bytes) {
  // An eighth is left for what V8 keeps elsewhere, so that these limits, which end a run with a
  // reason, are reached before RLIMIT_DATA.
  heap_limit_bytes = bytes - bytes / 8;
  allocator.set_limit(heap_limit_bytes);
}

}  // namespace nsl::runner::js
