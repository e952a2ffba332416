// Natives that misbehave on purpose: what a function could do if it had captured the engine. Linked
// into nsl-runner-js-test only.
#pragma once

#include "runner/js/engine.h"

namespace nsl::runner::js {

// Adds `__test`: syscall(number, ...arguments) -> result or -errno, send(bytes) to the supervisor,
// crash(), exit(code).
void install_testing_natives(v8::Isolate* isolate, v8::Local<v8::Context> context);

}  // namespace nsl::runner::js
