// The C++ half of the host API: what bootstrap.js receives as `native`.
#pragma once

#include <v8-context.h>
#include <v8-isolate.h>
#include <v8-local-handle.h>
#include <v8-object.h>

#include "runner/guest/host.h"

namespace nsl::runner::js {

v8::Local<v8::Object> make_natives(v8::Isolate* isolate, v8::Local<v8::Context> context);

// The natives speak through `host` from now on; before a run there is none and they do nothing.
void set_host(v8::Isolate* isolate, guest::Host* host);

}  // namespace nsl::runner::js
