// The files of a function of several: which of them an `import` or a `require` means, and what they
// hold. Nothing is found outside the bundle.
//
// `import` names a file exactly, as on the web: './lib/price.js'. `require` also takes it without
// its ending, or a folder with an index.js, as in Node. What a file is, its name says: .mjs a
// module, .cjs CommonJS, .json data; .js is a module when it has imports or exports. A module that
// imports CommonJS gets its `module.exports` as the default export.
#pragma once

#include <v8-context.h>
#include <v8-isolate.h>
#include <v8-local-handle.h>
#include <v8-persistent-handle.h>
#include <v8-promise.h>
#include <v8-script.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runner/abi/abi.h"
#include "runner/js/source.h"

namespace nsl::runner::js {

// "./price.js" as seen from "lib/main.js" is "lib/price.js"; empty when it is not relative or leads
// out of the bundle.
std::string resolve_path(std::string_view from, std::string_view specifier);

// What a file is.
enum class FileKind : std::uint8_t { module, common_js, json, other };

// What a template has made of the files, of which nothing ran. What V8 keeps in its own cache of
// compilations, modules and scripts, is there as well.
struct CompiledFiles {
  std::map<std::string, FileKind, std::less<>> kinds;
  // CommonJS but the entry file: the function that the text is the body of.
  std::map<std::string, v8::Global<v8::Function>, std::less<>> bodies;
  // Keeps them in V8's cache.
  std::vector<v8::Global<v8::Data>> kept;
};

class Bundle {
 public:
  // Keeps the files of `job`; the isolate's callbacks use the bundle from then on. `compiled` is
  // of the same files and in the same context, or null.
  Bundle(v8::Isolate* isolate, v8::Local<v8::Context> context, const abi::Job& job,
         const CompiledFiles* compiled);
  ~Bundle();
  Bundle(const Bundle&) = delete;
  Bundle& operator=(const Bundle&) = delete;

  // Runs the entry file, and with it what it imports; an exception is pending when it fails.
  v8::Maybe<bool> load(Loaded& loaded);
  // Whether every file is valid and every import of a module names a file. Nothing runs.
  v8::Maybe<bool> check();
  // Compiles every file, of modules and the entry file all functions; nothing runs.
  v8::Maybe<bool> compile_ahead(CompiledFiles& compiled);
  // The place of a mistake that V8 has none for: a file that is no text, an import of nothing.
  void add_place(abi::Done& done) const;

 private:
  using Compile = v8::ScriptCompiler::CompileOptions;

  // Where an import of nothing stands.
  struct Place {
    std::string file;
    int line = 0;
    int column = 0;
  };

  const abi::SourceFile* find(std::string_view path) const;
  FileKind kind_of(const abi::SourceFile& file) const;
  v8::ScriptOrigin origin_of(std::string_view path, bool is_module) const;
  // Throws; the error is the file's at line and column.
  void refuse(Place place, std::string_view message);
  // Null, with an exception, when nothing of the bundle is meant.
  const abi::SourceFile* resolve(std::string_view from, const std::string& specifier);
  const abi::SourceFile* resolve_required(std::string_view from, const std::string& specifier);
  // How V8 refers to a module: text and synthetic ones alike.
  std::string path_of(v8::Local<v8::Module> module) const;

  v8::MaybeLocal<v8::Module> module_of(const abi::SourceFile& file);
  v8::MaybeLocal<v8::Module> compile_module(const abi::SourceFile& file, Compile how);
  v8::Maybe<bool> check_requests(const abi::SourceFile& file, v8::Local<v8::Module> module);
  v8::MaybeLocal<v8::Function> compile_common_js(const abi::SourceFile& file);
  v8::Maybe<bool> compile_file(const abi::SourceFile& file, CompiledFiles& compiled);
  v8::MaybeLocal<v8::Value> parse_json(const abi::SourceFile& file);
  v8::MaybeLocal<v8::Value> required(const abi::SourceFile& file);
  v8::MaybeLocal<v8::Value> run_common_js(const abi::SourceFile& file);
  v8::MaybeLocal<v8::Module> imported(const abi::SourceFile& file,
                                      v8::Local<v8::FixedArray> attributes, int step);
  v8::MaybeLocal<v8::Promise> evaluate(v8::Local<v8::Module> module);
  v8::MaybeLocal<v8::Promise> import_now(std::string_view from, const std::string& specifier,
                                         v8::Local<v8::FixedArray> attributes);
  v8::MaybeLocal<v8::Function> make_require(std::string_view from);
  v8::Maybe<bool> load_script(const abi::SourceFile& file);
  v8::Maybe<bool> check_script(const abi::SourceFile& file);
  v8::Maybe<bool> check_file(const abi::SourceFile& file);

  static Bundle& of(v8::Isolate* isolate);
  static v8::MaybeLocal<v8::Module> on_import(v8::Local<v8::Context> context,
                                              v8::Local<v8::String> specifier,
                                              v8::Local<v8::FixedArray> attributes,
                                              v8::Local<v8::Module> referrer);
  static v8::MaybeLocal<v8::Promise> on_dynamic_import(v8::Local<v8::Context> context,
                                                       v8::Local<v8::Data> options,
                                                       v8::Local<v8::Value> referrer,
                                                       v8::Local<v8::String> specifier,
                                                       v8::Local<v8::FixedArray> attributes);
  static v8::MaybeLocal<v8::Value> on_evaluate(v8::Local<v8::Context> context,
                                               v8::Local<v8::Module> module);
  static void on_require(const v8::FunctionCallbackInfo<v8::Value>& call);

  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
  const std::vector<abi::SourceFile> files_;
  const std::string entry_file_;
  const CompiledFiles* const compiled_;
  std::map<std::string, v8::Global<v8::Module>, std::less<>> modules_;
  // CommonJS: the `module` object of each file, which is there from the moment it begins to run.
  std::map<std::string, v8::Global<v8::Object>, std::less<>> common_js_;
  Place place_;
};

}  // namespace nsl::runner::js
