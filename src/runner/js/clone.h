// structuredClone: a copy of a value as the HTML standard (2.7, safe passing of structured data)
// defines it, by V8's own serializer.
#pragma once

#include <v8-context.h>
#include <v8-isolate.h>
#include <v8-value.h>

namespace nsl::runner::js {

// Empty with an exception pending for what has no copy: functions, symbols, promises.
v8::MaybeLocal<v8::Value> structured_clone(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                           v8::Local<v8::Value> value);

}  // namespace nsl::runner::js
