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

// What stack traces and errors call the user's source.
inline constexpr std::string_view kSourceName = "function.js";

// Text that V8 cannot hold (more than about 512 MB) is an empty string; frames are far smaller.
v8::Local<v8::String> to_v8(v8::Isolate* isolate, std::string_view text);
// UTF-8; lone surrogates become U+FFFD.
std::string to_text(v8::Isolate* isolate, v8::Local<v8::Value> value);

// An uncaught error as the last frame of a run: its text without running any code of the
// function, the place of it in the user's source, the stack it carries.
abi::Done to_failure(v8::Isolate* isolate, v8::Local<v8::Context> context,
                     v8::Local<v8::Value> error, v8::Local<v8::Message> message);

}  // namespace nsl::runner::js
