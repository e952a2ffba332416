// Small conversions between V8's values and ours.
#pragma once

#include <v8-context.h>
#include <v8-isolate.h>
#include <v8-local-handle.h>
#include <v8-message.h>
#include <v8-primitive.h>
#include <v8-value.h>

#include <string>
#include <string_view>

#include "runner/abi/abi.h"

namespace nsl::runner::js {

// What stack traces and errors call a user's one source; files are called by their paths.
inline constexpr std::string_view kSourceName = "function.js";
// What they call the host API and the web's, which is no file's name.
inline constexpr std::string_view kApiName = "neoService";

// Text that V8 cannot hold (more than about 512 MB) is an empty string; frames are far smaller.
v8::Local<v8::String> to_v8(v8::Isolate* isolate, std::string_view text);
// UTF-8; lone surrogates become U+FFFD.
std::string to_text(v8::Isolate* isolate, v8::Local<v8::Value> value);

// An uncaught error as the last frame of a run: its text without running any code of the
// function, the place of it in the user's sources, the stack it carries. `file` is set for a
// function of one source too.
abi::Done to_failure(v8::Isolate* isolate, v8::Local<v8::Context> context,
                     v8::Local<v8::Value> error, v8::Local<v8::Message> message);

}  // namespace nsl::runner::js
