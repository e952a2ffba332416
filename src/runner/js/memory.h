// Memory of a run inside V8: a heap limit that can be set after the fork, and an ArrayBuffer
// allocator that counts. When the heap is full the process ends with abi::kExitOutOfMemory; an
// ArrayBuffer that does not fit is a RangeError of the function. RLIMIT_DATA stands behind both.
#pragma once

#include <v8-array-buffer.h>
#include <v8-isolate.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace nsl::runner::js {

class CountingAllocator final : public v8::ArrayBuffer::Allocator {
 public:
  // Only an initialised V8 has memory to give.
  void open() { inner_.reset(NewDefaultAllocator()); }
  void set_limit(std::size_t bytes) { limit_ = bytes; }

  void* Allocate(std::size_t length) override;
  void* AllocateUninitialized(std::size_t length) override;
  void Free(void* data, std::size_t length) override;
  v8::PageAllocator* GetPageAllocator() override { return inner_->GetPageAllocator(); }

 private:
  bool take(std::size_t length);

  std::unique_ptr<Allocator> inner_;
  std::size_t used_ = 0;
  std::size_t limit_ = std::size_t{64} << 20;
};

// Before the isolate is made: what the zygote itself may use.
void set_zygote_heap(v8::Isolate::CreateParams& parameters);
// Ends the process when the heap is full, whatever V8 wanted to do then.
void watch_heap(v8::Isolate* isolate);
// In the run: from now on `bytes` is the limit.
void set_run_memory(CountingAllocator& allocator, std::uint64_t bytes);

}  // namespace nsl::runner::js
