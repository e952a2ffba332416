// The JavaScript engine: V8 13.6, one thread, started once in the zygote together with the host API
// (bootstrap.js); every run forks from there with a warm heap and a context no user code has seen.
//
// It trusts the supervisor and nothing in the source, the input or the replies it hands to the
// function. What holds hostile code is the cage around the process, not V8.
#pragma once

#include <cstdint>
#include <memory>

#include "runner/zygote/zygote.h"

namespace v8 {
class Isolate;
class Context;
template <class T>
class Local;
}  // namespace v8

namespace nsl::runner::js {

// Whether V8 compiles to machine code. See the folder's README for the choice.
enum class Compilation : std::uint8_t { interpreter, machine_code };

// Puts more functions into the context; test programs only.
using InstallExtras = void (*)(v8::Isolate* isolate, v8::Local<v8::Context> context);

struct Options {
  Compilation compilation = Compilation::interpreter;
  InstallExtras install_extras = nullptr;
};

std::unique_ptr<zygote::Engine> make_engine(const Options& options);

}  // namespace nsl::runner::js
