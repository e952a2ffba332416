// Mono as the engine needs it: start it from memory, find a static method, call it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::runner::csharp {

// An argument of a call: int, string or byte[].
using Argument = std::variant<std::int32_t, std::string_view, ByteView>;

// How a call came back: `threw_memory` when Mono ran out of it.
enum class Called : std::uint8_t { returned, threw, threw_memory };

class Method {
 public:
  Method() = default;
  // A MonoMethod.
  explicit Method(void* method) : method_(method) {}
  // The method's result is not looked at: what it has to say it says by natives.h.
  Called call(const std::vector<Argument>& arguments) const;
  // In the zygote: what it throws is the reason why the runner is away.
  Result<void> call_once(const std::vector<Argument>& arguments) const;

 private:
  // The MonoObject it threw; null for none.
  void* invoke(const std::vector<Argument>& arguments) const;
  void* method_ = nullptr;
};

// The kernel's.
void fill_random(std::uint8_t* bytes, std::size_t count);

// With the assemblies of parts.h and no others.
Result<void> start_mono();
// Of the library that is linked: "6.8.0.105".
std::string mono_version();
// "NeoServiceLayer.dll", "NeoServiceLayer.Runtime:Run".
Result<Method> find_method(const char* assembly, const char* name);
// Ends the finalizer and the collector's helper, so that this process has one thread and can be
// forked. Finalizers never run from then on; collections are made by the thread that needs them.
void end_helper_threads();

}  // namespace nsl::runner::csharp
