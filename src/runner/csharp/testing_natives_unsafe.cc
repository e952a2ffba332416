#include "runner/csharp/testing_natives.h"

#include <mono/jit/jit.h>
#include <mono/metadata/object.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/base/bytes.h"
#include "runner/testing/raw_calls.h"

namespace nsl::runner::csharp {
namespace {

template <class T>
std::span<const T> elements_of(MonoArray* array) {
  // SAFETY: Testing.cs declares the element's type; the array stays where it is, because the stack
  // points to it.
  return {reinterpret_cast<const T*>(mono_array_addr_with_size(array, sizeof(T), 0)),
          mono_array_length(array)};
}

std::int64_t make_syscall(MonoArray* words) {
  std::array<long, 7> copy{};
  std::ranges::copy(elements_of<std::int64_t>(words), copy.begin());
  return testing::make_syscall(copy);
}

std::uint32_t fuzz(std::uint32_t count, std::uint32_t seed, MonoArray* left_out) {
  return testing::fuzz_syscalls(count, seed, elements_of<std::uint32_t>(left_out));
}

void send(MonoArray* bytes) { testing::send_on_run_socket(elements_of<std::uint8_t>(bytes)); }

MonoObject* crash() { __builtin_trap(); }

void leave(std::int32_t code) { ::_exit(code); }

template <class Function>
const void* address_of(Function* function) {
  // SAFETY: Mono calls it with the parameters that its declaration in C# has.
  return reinterpret_cast<const void*>(function);
}

}  // namespace

void install_testing_natives() {
  mono_add_internal_call("__test::Syscall", address_of(make_syscall));
  mono_add_internal_call("__test::Fuzz", address_of(fuzz));
  mono_add_internal_call("__test::Send", address_of(send));
  mono_add_internal_call("__test::crash", address_of(crash));
  mono_add_internal_call("__test::Exit", address_of(leave));
}

}  // namespace nsl::runner::csharp
