#include "runner/posix/huge_text.h"

#include <link.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstring>

namespace nsl::runner::posix {
namespace {

constexpr std::uintptr_t kHugeBytes = std::uintptr_t{2} << 20;

struct Range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

// The whole huge pages inside the program's executable segment.
int note_code(dl_phdr_info* info, std::size_t, void* result) {
  auto* range = static_cast<Range*>(result);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    range->begin = (begin + kHugeBytes - 1) / kHugeBytes * kHugeBytes;
    range->end = (begin + segment.p_memsz) / kHugeBytes * kHugeBytes;
  }
  return 1;  // the first object is the program itself
}

}  // namespace

bool move_code_to_huge_pages() {
  Range code;
  ::dl_iterate_phdr(note_code, &code);
  if (code.begin >= code.end) return false;
  const std::size_t size = code.end - code.begin;
  void* memory = ::mmap(nullptr, size + kHugeBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  const auto start = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t copy = (start + kHugeBytes - 1) / kHugeBytes * kHugeBytes;
  // SAFETY: both ranges are `size` bytes, mapped and apart; the code is only read. mremap puts
  // equal bytes in the place of the code that is running, in one system call.
  bool is_moved = ::madvise(reinterpret_cast<void*>(copy), size, MADV_HUGEPAGE) == 0;
  if (is_moved) {
    std::memcpy(reinterpret_cast<void*>(copy), reinterpret_cast<const void*>(code.begin), size);
    is_moved = ::mprotect(reinterpret_cast<void*>(copy), size, PROT_READ | PROT_EXEC) == 0 &&
               ::mremap(reinterpret_cast<void*>(copy), size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
                        reinterpret_cast<void*>(code.begin)) != MAP_FAILED;
  }
  if (!is_moved) {
    ::munmap(memory, size + kHugeBytes);
    return false;
  }
  // What stood before and after the aligned copy.
  if (copy > start) ::munmap(memory, copy - start);
  ::munmap(reinterpret_cast<void*>(copy + size), start + kHugeBytes - copy);
  return true;
}

}  // namespace nsl::runner::posix
