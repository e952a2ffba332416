// From the user's source to the function that handles the run. A source is a script
// (`async function main(params, context)`), an ES module (`export default {...}`, named exports) or
// CommonJS (`module.exports = ...`). One that is alone can import nothing; of several, modules.h
// says what they can.
#pragma once

#include <v8-context.h>
#include <v8-function.h>
#include <v8-isolate.h>
#include <v8-local-handle.h>
#include <v8-object.h>
#include <v8-promise.h>

#include <string>
#include <string_view>
#include <vector>

#include "runner/abi/abi.h"

namespace nsl::runner::js {

// Whether a line of the source begins with `export` or `import`, which only modules have.
bool looks_like_module(std::string_view source);
// The names to look for, best first.
std::vector<std::string> handler_names(const abi::Job& job);
// Whether `name` can stand in source text as it is.
bool is_identifier(std::string_view name);

// What the source holds after it ran. `evaluation` is the promise of a module with a top-level
// await, else empty; `holders` are looked through in order.
struct Loaded {
  v8::Local<v8::Promise> evaluation;
  v8::Local<v8::Object> module;
  bool is_module = false;
};

// Compiles and runs the source; empty when it threw (an exception is then pending).
v8::Maybe<bool> load_source(v8::Isolate* isolate, v8::Local<v8::Context> context,
                            std::string_view source, Loaded& loaded);

// Compiles all functions of the code, of which nothing runs, and keeps what comes of it: loading
// the same source later finds it in V8's cache. Empty when it does not compile.
v8::Maybe<bool> compile_ahead(v8::Isolate* isolate, v8::Local<v8::Context> context,
                              const abi::Job& code);

// Compiles the source and runs nothing of it; empty when it is not valid (an exception is then
// pending).
v8::Maybe<bool> check_source(v8::Isolate* isolate, v8::Local<v8::Context> context,
                             std::string_view source);

// An object with those of `names` that the script has declared at its top level.
v8::MaybeLocal<v8::Object> top_level_functions(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                               const std::vector<std::string>& names);

}  // namespace nsl::runner::js
