#include "runner/csharp/natives.h"

#include <mono/jit/jit.h>
#include <mono/metadata/appdomain.h>
#include <mono/metadata/assembly.h>
#include <mono/metadata/debug-helpers.h>
#include <mono/metadata/exception.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <utility>

#include "core/base/limits.h"
#include "runner/csharp/mono.h"
#include "runner/csharp/parts.h"
#include "runner/guest/run_clock.h"

namespace nsl::runner::csharp {
namespace {

guest::Host* current_host = nullptr;
abi::Done* current_done = nullptr;
bool is_pool_asked = false;

// UTF-8; a half of a surrogate pair, which has none, becomes a question mark.
std::string to_text(MonoString* string) {
  std::string text;
  if (string == nullptr) return text;
  const mono_unichar2* units = mono_string_chars(string);
  const int length = mono_string_length(string);
  text.reserve(static_cast<std::size_t>(length));
  for (int i = 0; i < length; ++i) {
    std::uint32_t point = units[i];
    if (point >= 0xd800 && point < 0xe000) {
      const bool is_pair = point < 0xdc00 && i + 1 < length && (units[i + 1] & 0xfc00) == 0xdc00;
      point = is_pair ? 0x10000 + ((point - 0xd800) << 10U) + (units[i + 1] - 0xdc00U) : '?';
      i += is_pair ? 1 : 0;
    }
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else if (point < 0x800) {
      text += static_cast<char>(0xc0U | point >> 6U);
      text += static_cast<char>(0x80U | (point & 0x3fU));
    } else if (point < 0x10000) {
      text += static_cast<char>(0xe0U | point >> 12U);
      text += static_cast<char>(0x80U | (point >> 6U & 0x3fU));
      text += static_cast<char>(0x80U | (point & 0x3fU));
    } else {
      text += static_cast<char>(0xf0U | point >> 18U);
      text += static_cast<char>(0x80U | (point >> 12U & 0x3fU));
      text += static_cast<char>(0x80U | (point >> 6U & 0x3fU));
      text += static_cast<char>(0x80U | (point & 0x3fU));
    }
  }
  return text;
}

MonoString* to_string(std::string_view text) {
  return mono_string_new_len(mono_domain_get(), text.data(), static_cast<unsigned>(text.size()));
}

[[noreturn]] void throw_invalid_operation(const char* message) {
  // SAFETY: Mono unwinds to the managed caller; nothing on this stack has a destructor.
  mono_raise_exception(mono_get_exception_invalid_operation(message));
  ::_exit(1);
}

// ---- Natives.cs

std::int32_t call(MonoString* method, MonoString* arguments) {
  if (current_host == nullptr) return 0;
  std::string text = to_text(arguments);
  if (text.size() > static_cast<std::size_t>(limits::kHostCallBytesMax)) {
    text = {};
    throw_invalid_operation("The arguments of a host call are too large");
  }
  return static_cast<std::int32_t>(current_host->call(to_text(method), std::move(text)));
}

mono_bool receive(std::int32_t* number, MonoString** code, MonoString** value) {
  if (current_host == nullptr || !current_host->has_calls_open()) return 0;
  const abi::Reply reply = current_host->receive_reply();
  *number = static_cast<std::int32_t>(reply.call_id);
  mono_gc_wbarrier_generic_store(code, reinterpret_cast<MonoObject*>(to_string(reply.code)));
  mono_gc_wbarrier_generic_store(value, reinterpret_cast<MonoObject*>(to_string(reply.value)));
  return 1;
}

void move_clock(std::int64_t time_ms) {
  if (current_host != nullptr) guest::RunClock::move_to(static_cast<std::uint64_t>(time_ms));
}

std::int32_t timers_max() { return static_cast<std::int32_t>(limits::kRunTimersMax); }

mono_bool has_calls_open() {
  return current_host != nullptr && current_host->has_calls_open() ? 1 : 0;
}

void log(std::int32_t level, MonoString* text) {
  if (current_host == nullptr) return;
  current_host->log(static_cast<abi::LogLevel>(level), to_text(text));
}

mono_bool is_log_full() { return current_host == nullptr || current_host->is_log_full() ? 1 : 0; }

mono_bool take_pool_request() { return std::exchange(is_pool_asked, false) ? 1 : 0; }

void fill_array(MonoArray* bytes) {
  // SAFETY: the stack's pointer to the array keeps it in its place.
  fill_random(reinterpret_cast<std::uint8_t*>(mono_array_addr_with_size(bytes, 1, 0)),
              mono_array_length(bytes));
}

void finish_at(std::int32_t status, MonoString* output, MonoString* message, MonoString* file,
               std::int32_t line, std::int32_t column, MonoString* stack, MonoArray* artifact) {
  if (current_done == nullptr) return;
  *current_done = {.status = static_cast<abi::DoneStatus>(status),
                   .output = to_text(output),
                   .message = to_text(message),
                   .line = static_cast<std::uint32_t>(line),
                   .column = static_cast<std::uint32_t>(column),
                   .stack = to_text(stack),
                   .file = to_text(file)};
  if (artifact == nullptr) return;
  // SAFETY: the array has that many bytes.
  current_done->artifact.assign(mono_array_addr_with_size(artifact, 1, 0),
                                mono_array_length(artifact));
}

MonoArray* part(MonoString* name) {
  const auto bytes = find_part(to_text(name));
  MonoArray* array = mono_array_new(mono_domain_get(), mono_get_byte_class(), bytes.size());
  // SAFETY: the array was made with that size.
  std::memcpy(mono_array_addr_with_size(array, 1, 0), bytes.data(), bytes.size());
  return array;
}

// ---- Mono's own: randomness is the kernel's, asked each time, so that no two runs share any

mono_bool open_random() { return 1; }
void* start_random(std::uint8_t* seed, std::intptr_t) {
  static char handle;
  return seed == nullptr ? &handle : static_cast<void*>(seed);
}
void* get_random(void* handle, std::uint8_t* bytes, std::intptr_t count) {
  fill_random(bytes, static_cast<std::size_t>(count));
  return handle;
}
void close_random(void*) {}

// ---- Mono's own: there is one thread, which runs the pool's work when it waits (Loop.cs)

mono_bool request_worker() {
  is_pool_asked = true;
  return 1;
}

mono_bool go_on() { return 1; }
void ignore() {}
void ignore_flag(mono_bool) {}
void initialise_pool(std::uint8_t* is_tracking) { *is_tracking = 0; }
void one_thread(std::int32_t* workers, std::int32_t* ports) { *workers = *ports = 1; }
mono_bool keep_threads(std::int32_t, std::int32_t) { return 1; }

// `name`: of a method of the library that takes the milliseconds.
MonoObject* call_with_time(const char* name, std::int32_t milliseconds) {
  MonoAssembly* library = mono_domain_assembly_open(mono_domain_get(), "NeoServiceLayer.dll");
  MonoMethodDesc* description = mono_method_desc_new(name, 1);
  MonoMethod* method =
      mono_method_desc_search_in_image(description, mono_assembly_get_image(library));
  mono_method_desc_free(description);
  void* arguments[] = {&milliseconds};
  MonoObject* exception = nullptr;
  MonoObject* result = mono_runtime_invoke(method, nullptr, arguments, &exception);
  // SAFETY: Mono unwinds to the managed caller; an exception's object is a MonoException.
  if (exception != nullptr) mono_raise_exception(reinterpret_cast<MonoException*>(exception));
  return result;
}

// Called with the lock held, which another waiter on the same thread may take again.
mono_bool wait_for_pulse(MonoObject*, std::int32_t milliseconds) {
  MonoObject* result = call_with_time("NeoServiceLayer.Loop:WaitForPulse", milliseconds);
  // SAFETY: the method's result is a boxed bool.
  return *static_cast<std::uint8_t*>(mono_object_unbox(result));
}

void sleep(std::int32_t milliseconds) {
  call_with_time("NeoServiceLayer.Timers:Sleep", milliseconds);
}

std::int32_t refuse_events(void**, std::int32_t, mono_bool, std::int32_t) {
  throw_invalid_operation("A function has one thread: await a task instead of an event");
}
mono_bool refuse_thread(MonoObject*, MonoObject*) {
  // Before there is anything to run: the one of Mono's timers, which Timers.cs does without.
  if (current_done == nullptr) return 1;
  throw_invalid_operation("A function has one thread: use async, await and Task.Run");
}
[[noreturn]] void refuse_exit(std::int32_t) {
  throw_invalid_operation("A function ends by returning");
}

struct Native {
  const char* name;
  const void* function;
};

template <class Function>
constexpr const void* address_of(Function* function) {
  // SAFETY: Mono calls it with the parameters that its declaration in C# has.
  return reinterpret_cast<const void*>(function);
}

}  // namespace

void install_natives() {
  const Native natives[] = {
      {"NeoServiceLayer.Natives::Call", address_of(call)},
      {"NeoServiceLayer.Natives::Receive", address_of(receive)},
      {"NeoServiceLayer.Natives::HasCallsOpen", address_of(has_calls_open)},
      {"NeoServiceLayer.Natives::MoveClock", address_of(move_clock)},
      {"NeoServiceLayer.Natives::TimersMax", address_of(timers_max)},
      {"NeoServiceLayer.Natives::Log", address_of(log)},
      {"NeoServiceLayer.Natives::IsLogFull", address_of(is_log_full)},
      {"NeoServiceLayer.Natives::TakePoolRequest", address_of(take_pool_request)},
      {"NeoServiceLayer.Natives::FillRandom", address_of(fill_array)},
      {"NeoServiceLayer.Natives::FinishAt", address_of(finish_at)},
      {"NeoServiceLayer.Natives::Part", address_of(part)},
      {"System.Security.Cryptography.RNGCryptoServiceProvider::RngOpen", address_of(open_random)},
      {"System.Security.Cryptography.RNGCryptoServiceProvider::RngInitialize",
       address_of(start_random)},
      {"System.Security.Cryptography.RNGCryptoServiceProvider::RngGetBytes",
       address_of(get_random)},
      {"System.Security.Cryptography.RNGCryptoServiceProvider::RngClose", address_of(close_random)},
      {"System.Threading.ThreadPool::RequestWorkerThread", address_of(request_worker)},
      {"System.Threading.ThreadPool::NotifyWorkItemComplete", address_of(go_on)},
      {"System.Threading.ThreadPool::NotifyWorkItemProgressNative", address_of(ignore)},
      {"System.Threading.ThreadPool::NotifyWorkItemQueued", address_of(ignore)},
      {"System.Threading.ThreadPool::ReportThreadStatus", address_of(ignore_flag)},
      {"System.Threading.ThreadPool::InitializeVMTp", address_of(initialise_pool)},
      {"System.Threading.ThreadPool::GetMinThreadsNative", address_of(one_thread)},
      {"System.Threading.ThreadPool::GetMaxThreadsNative", address_of(one_thread)},
      {"System.Threading.ThreadPool::GetAvailableThreadsNative", address_of(one_thread)},
      {"System.Threading.ThreadPool::SetMinThreadsNative", address_of(keep_threads)},
      {"System.Threading.ThreadPool::SetMaxThreadsNative", address_of(keep_threads)},
      {"System.Threading.Monitor::Monitor_wait", address_of(wait_for_pulse)},
      {"System.Threading.WaitHandle::Wait_internal", address_of(refuse_events)},
      {"System.Threading.Thread::Thread_internal", address_of(refuse_thread)},
      {"System.Threading.Thread::SleepInternal", address_of(sleep)},
      {"System.GC::WaitForPendingFinalizers", address_of(ignore)},
      {"System.Environment::Exit", address_of(refuse_exit)},
  };
  for (const Native& native : natives) mono_add_internal_call(native.name, native.function);
}

void set_run(guest::Host* host, abi::Done* done) {
  current_host = host;
  current_done = done;
}

}  // namespace nsl::runner::csharp
