#include "runner/csharp/mono.h"

#include <mono/jit/jit.h>
#include <mono/metadata/appdomain.h>
#include <mono/metadata/assembly.h>
#include <mono/metadata/debug-helpers.h>
#include <mono/metadata/exception.h>
#include <mono/metadata/mono-config.h>
#include <mono/metadata/mono-debug.h>
#include <mono/utils/mono-dl-fallback.h>
#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/base/assert.h"
#include "runner/csharp/parts.h"

extern "C" {
// Of the archive, declared in no public header (mono/metadata/gc-internals.h,
// mono/utils/mono-threads-api.h).
void mono_gc_cleanup();
void* mono_threads_enter_gc_unsafe_region(void** stack_data);
void mono_threads_exit_gc_unsafe_region(void* cookie, void** stack_data);
}

namespace nsl::runner::csharp {
namespace {

MonoDomain* domain = nullptr;

std::unexpected<Error> refuse(const std::string& what) {
  return fail(Code::runner_unavailable, "Runner is away", what);
}

// Mono keeps the array and the bytes for as long as the process lives.
void register_parts() {
  static std::vector<MonoBundledAssembly> bundle;
  static std::vector<const MonoBundledAssembly*> list;
  bundle.reserve(parts().size());
  for (const Part& part : parts()) {
    if (std::string_view(part.name).starts_with("reference/")) continue;
    bundle.push_back({part.name, part.bytes.data(), static_cast<unsigned>(part.bytes.size())});
    list.push_back(&bundle.back());
  }
  list.push_back(nullptr);
  mono_register_bundled_assemblies(list.data());
}

// Mono's class library calls a native library of its own for what it does not do itself. Of that
// there are these functions here; the others are missing, as is every other library.
void give_random(std::uint8_t* bytes, std::int32_t count) {
  fill_random(bytes, static_cast<std::size_t>(count));
}

std::int32_t have_no_hidden_files() { return 0; }

// There are no files: of any name.
std::int32_t find_no_file(const char*, void*) {
  errno = ENOENT;
  return -1;
}

// The number that Mono has for ENOENT (Interop.Errors.cs), which is the one that find_no_file
// gives.
std::int32_t to_missing_file(std::int32_t) { return 0x1002D; }

void* open_library(const char* name, int, char**, void*) {
  static char system_native[] = "System.Native";
  return name != nullptr && std::string_view(system_native) == name ? system_native : nullptr;
}

void* find_function(void*, const char* text, char**, void*) {
  const std::string_view name(text);
  // SAFETY: Mono calls them as the functions of these names are declared in its library.
  if (name == "SystemNative_GetNonCryptographicallySecureRandomBytes") {
    return reinterpret_cast<void*>(give_random);
  }
  if (name == "SystemNative_LChflagsCanSetHiddenFlag") {
    return reinterpret_cast<void*>(have_no_hidden_files);
  }
  if (name == "SystemNative_Stat2" || name == "SystemNative_LStat2") {
    return reinterpret_cast<void*>(find_no_file);
  }
  if (name == "SystemNative_ConvertErrorPlatformToPal") {
    return reinterpret_cast<void*>(to_missing_file);
  }
  return nullptr;
}

MonoArray* to_array(ByteView bytes) {
  MonoArray* array = mono_array_new(domain, mono_get_byte_class(), bytes.size());
  // SAFETY: the array has that many bytes, and nothing can move it before it is filled: the stack
  // is scanned for pointers.
  if (array != nullptr && !bytes.empty()) {
    std::memcpy(mono_array_addr_with_size(array, 1, 0), bytes.data(), bytes.size());
  }
  return array;
}

MonoObject* to_object(MonoException* exception) {
  // SAFETY: an exception's object begins with an object's head.
  return reinterpret_cast<MonoObject*>(exception);
}

}  // namespace

void fill_random(std::uint8_t* bytes, std::size_t count) {
  while (count > 0) {
    // SAFETY: the caller's buffer has that many bytes.
    const ssize_t filled = ::getrandom(bytes, count, 0);
    if (filled <= 0) continue;
    bytes += filled;
    count -= static_cast<std::size_t>(filled);
  }
}

Result<void> start_mono() {
  // Collections by the thread that needs them, so that none other is started again. With one thread
  // nobody is ever suspended, so the cheapest way of suspending serves. No memory that other
  // processes can see, no debugger that attaches, no settings from outside.
  ::setenv("MONO_GC_PARAMS", "major=marksweep,no-concurrent-sweep", 1);
  ::setenv("MONO_THREADS_SUSPEND", "preemptive", 1);
  ::setenv("MONO_DISABLE_SHARED_AREA", "1", 1);
  ::setenv("MONO_ENV_OPTIONS", "", 1);
  mono_set_dirs("/nonexistent", "/nonexistent");
  mono_config_parse_memory("<configuration/>");
  register_parts();
  mono_dl_fallback_register(open_library, find_function, nullptr, nullptr);
  mono_debug_init(MONO_DEBUG_FORMAT_MONO);
  domain = mono_jit_init_version("nsl", "v4.0.30319");
  ::clearenv();
  if (domain == nullptr) return refuse("Mono's start-up");
  return {};
}

std::string mono_version() {
  // "6.8.0.105 (Debian 6.8.0.105+dfsg-3.3 ...)"
  char* const text = mono_get_runtime_build_info();
  std::string version(text);
  mono_free(text);
  return version.substr(0, version.find(' '));
}

Result<Method> find_method(const char* assembly, const char* name) {
  MonoAssembly* loaded = mono_domain_assembly_open(domain, assembly);
  if (loaded == nullptr) return refuse(std::string("no assembly ") + assembly);
  MonoMethodDesc* description = mono_method_desc_new(name, 1);
  MonoMethod* method =
      mono_method_desc_search_in_image(description, mono_assembly_get_image(loaded));
  mono_method_desc_free(description);
  if (method == nullptr) return refuse(std::string("no method ") + name);
  return Method(method);
}

void* Method::invoke(const std::vector<Argument>& arguments) const {
  NSL_ASSERT(method_ != nullptr);
  std::vector<std::int32_t> numbers(arguments.size());
  // On the stack, where the collector looks for pointers.
  void* values[8] = {};
  NSL_ASSERT(arguments.size() <= std::size(values));
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (const auto* number = std::get_if<std::int32_t>(&arguments[i])) {
      numbers[i] = *number;
      values[i] = &numbers[i];
    } else if (const auto* text = std::get_if<std::string_view>(&arguments[i])) {
      values[i] = mono_string_new_len(domain, text->data(), static_cast<unsigned>(text->size()));
    } else {
      values[i] = to_array(std::get<ByteView>(arguments[i]));
    }
    if (values[i] == nullptr) return to_object(mono_get_exception_out_of_memory());
  }
  MonoObject* exception = nullptr;
  mono_runtime_invoke(static_cast<MonoMethod*>(method_), nullptr, values, &exception);
  return exception;
}

Called Method::call(const std::vector<Argument>& arguments) const {
  auto* exception = static_cast<MonoObject*>(invoke(arguments));
  if (exception == nullptr) return Called::returned;
  const std::string_view name = mono_class_get_name(mono_object_get_class(exception));
  return name == "OutOfMemoryException" ? Called::threw_memory : Called::threw;
}

Result<void> Method::call_once(const std::vector<Argument>& arguments) const {
  auto* exception = static_cast<MonoObject*>(invoke(arguments));
  if (exception == nullptr) return {};
  MonoObject* second = nullptr;
  MonoString* text = mono_object_to_string(exception, &second);
  if (second != nullptr || text == nullptr) return refuse("an exception without a text");
  char* utf8 = mono_string_to_utf8(text);
  const std::string what = utf8;
  mono_free(utf8);
  return refuse(what);
}

void end_helper_threads() {
  // SAFETY: as Mono's own shutdown does it; what it gives up beside the two threads are mutexes of
  // finalization and reference queues, which nothing uses without them.
  void* stack_data = nullptr;
  void* cookie = mono_threads_enter_gc_unsafe_region(&stack_data);
  mono_gc_cleanup();
  mono_threads_exit_gc_unsafe_region(cookie, &stack_data);
}

}  // namespace nsl::runner::csharp
