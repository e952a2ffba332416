#include "runner/js/modules.h"

#include <v8-container.h>
#include <v8-exception.h>
#include <v8-function.h>
#include <v8-json.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/codec/utf8.h"
#include "runner/js/values.h"

namespace nsl::runner::js {
namespace {

// 0 and 1 are the host's and the session's.
constexpr std::uint32_t kBundleSlot = 2;
// Import attributes come as key, value, and where they stand in the source; import() leaves out the
// last.
constexpr int kStaticStep = 3;
constexpr int kDynamicStep = 2;

void throw_type_error(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::TypeError(to_v8(isolate, message)));
}

std::string text_at(v8::Isolate* isolate, v8::Local<v8::Context> context,
                    v8::Local<v8::FixedArray> array, int index) {
  return to_text(isolate, array->Get(context, index).As<v8::Value>());
}

}  // namespace

std::string resolve_path(std::string_view from, std::string_view specifier) {
  if (!specifier.starts_with("./") && !specifier.starts_with("../")) return {};
  std::vector<std::string_view> parts;
  const std::size_t slash = from.rfind('/');
  std::string whole(from.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
  whole += specifier;
  std::string_view rest = whole;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (part == "..") {
      if (parts.empty()) return {};
      parts.pop_back();
    } else if (part != ".") {
      parts.push_back(part);
    }
  }
  std::string path;
  for (const std::string_view part : parts) {
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

Bundle::Bundle(v8::Isolate* isolate, v8::Local<v8::Context> context, const abi::Job& job,
               const CompiledFiles* compiled)
    : isolate_(isolate),
      context_(context),
      files_(job.files),
      entry_file_(job.entry_file),
      compiled_(compiled) {
  isolate_->SetData(kBundleSlot, this);
  isolate_->SetHostImportModuleDynamicallyCallback(on_dynamic_import);
}

Bundle::~Bundle() { isolate_->SetData(kBundleSlot, nullptr); }

Bundle& Bundle::of(v8::Isolate* isolate) {
  return *static_cast<Bundle*>(isolate->GetData(kBundleSlot));
}

// ---- which file

const abi::SourceFile* Bundle::find(std::string_view path) const {
  const auto found = std::ranges::find(files_, path, &abi::SourceFile::path);
  return found == files_.end() ? nullptr : &*found;
}

FileKind Bundle::kind_of(const abi::SourceFile& file) const {
  const std::string_view path = file.path;
  if (compiled_ != nullptr) return compiled_->kinds.find(path)->second;
  if (path.ends_with(".mjs")) return FileKind::module;
  if (path.ends_with(".cjs")) return FileKind::common_js;
  if (path.ends_with(".json")) return FileKind::json;
  if (!path.ends_with(".js")) return FileKind::other;
  if (!looks_like_module(file.content)) return FileKind::common_js;
  // The words may stand in a comment or a text, so a script is what compiles as one.
  const v8::TryCatch guard(isolate_);
  v8::ScriptCompiler::Source text(to_v8(isolate_, file.content), origin_of(path, false));
  return v8::ScriptCompiler::Compile(context_, &text).IsEmpty() ? FileKind::module
                                                                : FileKind::common_js;
}

v8::ScriptOrigin Bundle::origin_of(std::string_view path, bool is_module) const {
  return v8::ScriptOrigin(to_v8(isolate_, path), 0, 0, false, -1, v8::Local<v8::Value>(), false,
                          false, is_module);
}

void Bundle::refuse(Place place, std::string_view message) {
  place_ = std::move(place);
  isolate_->ThrowException(v8::Exception::SyntaxError(to_v8(isolate_, message)));
}

void Bundle::add_place(abi::Done& done) const {
  if (done.line != 0 || place_.file.empty()) return;
  done.file = place_.file;
  done.line = static_cast<std::uint32_t>(place_.line);
  done.column = static_cast<std::uint32_t>(place_.column);
}

const abi::SourceFile* Bundle::resolve(std::string_view from, const std::string& specifier) {
  const std::string path = resolve_path(from, specifier);
  const abi::SourceFile* file = find(path);
  if (file != nullptr) return file;
  std::string why = "Cannot find '" + specifier + "'";
  if (path.empty()) {
    why += ": a function has its own files only, named from './' or '../' on";
  } else if (find(path + ".js") != nullptr) {
    why += ": its name ends with .js";
  }
  isolate_->ThrowException(v8::Exception::Error(to_v8(isolate_, why)));
  return nullptr;
}

const abi::SourceFile* Bundle::resolve_required(std::string_view from,
                                                const std::string& specifier) {
  const std::string path = resolve_path(from, specifier);
  for (const char* ending : {"", ".js", ".cjs", ".json", "/index.js"}) {
    const abi::SourceFile* file = path.empty() ? nullptr : find(path + ending);
    if (file != nullptr) return file;
  }
  return resolve(from, specifier);
}

std::string Bundle::path_of(v8::Local<v8::Module> module) const {
  for (const auto& [path, known] : modules_) {
    if (known == module) return path;
  }
  return {};
}

// ---- modules

v8::MaybeLocal<v8::Module> Bundle::compile_module(const abi::SourceFile& file, Compile how) {
  v8::ScriptCompiler::Source text(to_v8(isolate_, file.content), origin_of(file.path, true));
  return v8::ScriptCompiler::CompileModule(isolate_, &text, how);
}

v8::MaybeLocal<v8::Module> Bundle::module_of(const abi::SourceFile& file) {
  const auto known = modules_.find(file.path);
  if (known != modules_.end()) return known->second.Get(isolate_);
  v8::Local<v8::Module> module;
  const FileKind kind = kind_of(file);
  if (kind == FileKind::other) {
    throw_type_error(isolate_, "Cannot import '" + file.path + "': not .js, .mjs, .cjs or .json");
    return {};
  }
  if (kind == FileKind::module) {
    if (!compile_module(file, Compile::kNoCompileOptions).ToLocal(&module)) return {};
    if (check_requests(file, module).IsNothing()) return {};
  } else {
    const std::array names{to_v8(isolate_, "default")};
    module = v8::Module::CreateSyntheticModule(isolate_, to_v8(isolate_, file.path),
                                               {names.data(), names.size()}, on_evaluate);
  }
  modules_.emplace(file.path, v8::Global<v8::Module>(isolate_, module));
  return module;
}

// Before V8 asks for them, because V8 does not say where in the file an import stands.
v8::Maybe<bool> Bundle::check_requests(const abi::SourceFile& file, v8::Local<v8::Module> module) {
  const v8::Local<v8::FixedArray> requests = module->GetModuleRequests();
  for (int i = 0; i < requests->Length(); ++i) {
    const auto request = requests->Get(context_, i).As<v8::ModuleRequest>();
    v8::TryCatch guard(isolate_);
    const std::string specifier = to_text(isolate_, request->GetSpecifier());
    if (resolve(file.path, specifier) != nullptr) continue;
    v8::Location place = module->SourceOffsetToLocation(request->GetSourceOffset());
    place_ = {.file = file.path,
              .line = place.GetLineNumber() + 1,
              .column = place.GetColumnNumber() + 1};
    guard.ReThrow();
    return v8::Nothing<bool>();
  }
  return v8::Just(true);
}

v8::MaybeLocal<v8::Module> Bundle::imported(const abi::SourceFile& file,
                                            v8::Local<v8::FixedArray> attributes, int step) {
  bool is_json_asked = false;
  for (int i = 0; i + 1 < attributes->Length(); i += step) {
    is_json_asked = text_at(isolate_, context_, attributes, i) == "type" &&
                    text_at(isolate_, context_, attributes, i + 1) == "json";
    if (is_json_asked) continue;
    throw_type_error(isolate_, "Cannot import '" + file.path + "': the only type is json");
    return {};
  }
  if (is_json_asked != file.path.ends_with(".json")) {
    throw_type_error(isolate_, "Cannot import '" + file.path +
                                   (is_json_asked ? "' as JSON" : "': add with { type: 'json' }"));
    return {};
  }
  return module_of(file);
}

v8::MaybeLocal<v8::Module> Bundle::on_import(v8::Local<v8::Context> context,
                                             v8::Local<v8::String> specifier,
                                             v8::Local<v8::FixedArray> attributes,
                                             v8::Local<v8::Module> referrer) {
  Bundle& bundle = of(context->GetIsolate());
  const abi::SourceFile* file =
      bundle.resolve(bundle.path_of(referrer), to_text(bundle.isolate_, specifier));
  if (file == nullptr) return {};
  return bundle.imported(*file, attributes, kStaticStep);
}

v8::MaybeLocal<v8::Promise> Bundle::evaluate(v8::Local<v8::Module> module) {
  if (module->InstantiateModule(context_, on_import).IsNothing()) return {};
  v8::Local<v8::Value> evaluation;
  if (!module->Evaluate(context_).ToLocal(&evaluation)) return {};
  return evaluation.As<v8::Promise>();
}

v8::MaybeLocal<v8::Promise> Bundle::import_now(std::string_view from, const std::string& specifier,
                                               v8::Local<v8::FixedArray> attributes) {
  const abi::SourceFile* file = resolve(from, specifier);
  v8::Local<v8::Module> module;
  v8::Local<v8::Promise> evaluation;
  if (file == nullptr || !imported(*file, attributes, kDynamicStep).ToLocal(&module) ||
      !evaluate(module).ToLocal(&evaluation)) {
    return {};
  }
  const auto give_data = [](const v8::FunctionCallbackInfo<v8::Value>& call) {
    call.GetReturnValue().Set(call.Data());
  };
  v8::Local<v8::Function> then;
  if (!v8::Function::New(context_, give_data, module->GetModuleNamespace()).ToLocal(&then)) {
    return {};
  }
  return evaluation->Then(context_, then);
}

v8::MaybeLocal<v8::Promise> Bundle::on_dynamic_import(v8::Local<v8::Context> context,
                                                      v8::Local<v8::Data>,
                                                      v8::Local<v8::Value> referrer,
                                                      v8::Local<v8::String> specifier,
                                                      v8::Local<v8::FixedArray> attributes) {
  v8::Isolate* isolate = context->GetIsolate();
  Bundle& bundle = of(isolate);
  v8::TryCatch guard(isolate);
  v8::Local<v8::Promise> promise;
  if (bundle.import_now(to_text(isolate, referrer), to_text(isolate, specifier), attributes)
          .ToLocal(&promise)) {
    return promise;
  }
  // What goes wrong is the promise's, not the caller's.
  v8::Local<v8::Promise::Resolver> rejected;
  if (!guard.HasCaught() || guard.HasTerminated() ||
      !v8::Promise::Resolver::New(context).ToLocal(&rejected) ||
      rejected->Reject(context, guard.Exception()).IsNothing()) {
    guard.ReThrow();
    return {};
  }
  return rejected->GetPromise();
}

// Of what is no module by itself: JSON and CommonJS.
v8::MaybeLocal<v8::Value> Bundle::on_evaluate(v8::Local<v8::Context> context,
                                              v8::Local<v8::Module> module) {
  v8::Isolate* isolate = context->GetIsolate();
  Bundle& bundle = of(isolate);
  const abi::SourceFile* file = bundle.find(bundle.path_of(module));
  v8::Local<v8::Value> value;
  v8::Local<v8::Promise::Resolver> done;
  if (file == nullptr || !bundle.required(*file).ToLocal(&value) ||
      module->SetSyntheticModuleExport(isolate, to_v8(isolate, "default"), value).IsNothing() ||
      !v8::Promise::Resolver::New(context).ToLocal(&done) ||
      done->Resolve(context, v8::Undefined(isolate)).IsNothing()) {
    return {};
  }
  return done->GetPromise();
}

// ---- CommonJS and JSON

v8::MaybeLocal<v8::Value> Bundle::parse_json(const abi::SourceFile& file) {
  v8::Local<v8::Value> value;
  v8::TryCatch guard(isolate_);
  if (v8::JSON::Parse(context_, to_v8(isolate_, file.content)).ToLocal(&value)) return value;
  // V8 says in the text where it is.
  place_ = {.file = file.path, .line = 1, .column = 1};
  guard.ReThrow();
  return {};
}

v8::MaybeLocal<v8::Function> Bundle::compile_common_js(const abi::SourceFile& file) {
  if (compiled_ != nullptr) {
    const auto body = compiled_->bodies.find(file.path);
    if (body != compiled_->bodies.end()) return body->second.Get(isolate_);
  }
  v8::ScriptCompiler::Source text(to_v8(isolate_, file.content), origin_of(file.path, false));
  std::array parameters{to_v8(isolate_, "exports"), to_v8(isolate_, "require"),
                        to_v8(isolate_, "module")};
  return v8::ScriptCompiler::CompileFunction(context_, &text, parameters.size(), parameters.data());
}

v8::MaybeLocal<v8::Function> Bundle::make_require(std::string_view from) {
  return v8::Function::New(context_, on_require, to_v8(isolate_, from), 1,
                           v8::ConstructorBehavior::kThrow);
}

v8::MaybeLocal<v8::Value> Bundle::run_common_js(const abi::SourceFile& file) {
  const v8::Local<v8::String> exports_name = to_v8(isolate_, "exports");
  const v8::Local<v8::Object> module = v8::Object::New(isolate_);
  const v8::Local<v8::Object> exports = v8::Object::New(isolate_);
  v8::Local<v8::Function> body;
  v8::Local<v8::Function> require;
  if (!compile_common_js(file).ToLocal(&body) || !make_require(file.path).ToLocal(&require) ||
      module->Set(context_, exports_name, exports).IsNothing()) {
    return {};
  }
  // In a cycle the other file sees what is there so far.
  common_js_.emplace(file.path, v8::Global<v8::Object>(isolate_, module));
  std::array<v8::Local<v8::Value>, 3> arguments{exports, require, module};
  v8::Local<v8::Value> ignored;
  if (!body->Call(context_, exports, static_cast<int>(arguments.size()), arguments.data())
           .ToLocal(&ignored)) {
    common_js_.erase(file.path);
    return {};
  }
  return module->Get(context_, exports_name);
}

v8::MaybeLocal<v8::Value> Bundle::required(const abi::SourceFile& file) {
  const auto known = common_js_.find(file.path);
  if (known != common_js_.end()) {
    return known->second.Get(isolate_)->Get(context_, to_v8(isolate_, "exports"));
  }
  switch (kind_of(file)) {
    case FileKind::common_js:
      return run_common_js(file);
    case FileKind::json: {
      v8::Local<v8::Value> value;
      if (!parse_json(file).ToLocal(&value)) return {};
      const v8::Local<v8::Object> module = v8::Object::New(isolate_);
      if (module->Set(context_, to_v8(isolate_, "exports"), value).IsNothing()) return {};
      common_js_.emplace(file.path, v8::Global<v8::Object>(isolate_, module));
      return value;
    }
    case FileKind::module:
      throw_type_error(isolate_, "Cannot require '" + file.path + "': a module is imported");
      return {};
    case FileKind::other:
      break;
  }
  throw_type_error(isolate_, "Cannot require '" + file.path + "': not .js, .cjs or .json");
  return {};
}

void Bundle::on_require(const v8::FunctionCallbackInfo<v8::Value>& call) {
  v8::Isolate* isolate = call.GetIsolate();
  Bundle& bundle = of(isolate);
  if (call.Length() == 0 || !call[0]->IsString()) {
    throw_type_error(isolate, "require takes the name of a file");
    return;
  }
  const abi::SourceFile* file =
      bundle.resolve_required(to_text(isolate, call.Data()), to_text(isolate, call[0]));
  v8::Local<v8::Value> value;
  if (file != nullptr && bundle.required(*file).ToLocal(&value)) call.GetReturnValue().Set(value);
}

// ---- the whole

// As a function of one source that is a script: handlers may stand at its top level.
v8::Maybe<bool> Bundle::load_script(const abi::SourceFile& file) {
  v8::Local<v8::Function> require;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> module;
  v8::Local<v8::Value> ignored;
  v8::ScriptCompiler::Source text(to_v8(isolate_, file.content), origin_of(file.path, false));
  if (!make_require(file.path).ToLocal(&require) ||
      context_->Global()->Set(context_, to_v8(isolate_, "require"), require).IsNothing() ||
      !context_->Global()->Get(context_, to_v8(isolate_, "module")).ToLocal(&module) ||
      !module->IsObject()) {
    return v8::Nothing<bool>();
  }
  common_js_.emplace(file.path, v8::Global<v8::Object>(isolate_, module.As<v8::Object>()));
  if (!v8::ScriptCompiler::Compile(context_, &text).ToLocal(&script) ||
      !script->Run(context_).ToLocal(&ignored)) {
    return v8::Nothing<bool>();
  }
  return v8::Just(true);
}

v8::Maybe<bool> Bundle::check_script(const abi::SourceFile& file) {
  v8::ScriptCompiler::Source text(to_v8(isolate_, file.content), origin_of(file.path, false));
  const bool is_valid = !v8::ScriptCompiler::Compile(context_, &text).IsEmpty();
  return is_valid ? v8::Just(true) : v8::Nothing<bool>();
}

v8::Maybe<bool> Bundle::compile_file(const abi::SourceFile& file, CompiledFiles& compiled) {
  const FileKind kind = kind_of(file);
  compiled.kinds.emplace(file.path, kind);
  if (kind == FileKind::module) {
    v8::Local<v8::Module> module;
    if (!compile_module(file, Compile::kEagerCompile).ToLocal(&module)) return v8::Nothing<bool>();
    compiled.kept.emplace_back(isolate_, module->GetUnboundModuleScript());
  } else if (kind == FileKind::common_js && file.path == entry_file_) {
    v8::ScriptCompiler::Source text(to_v8(isolate_, file.content), origin_of(file.path, false));
    v8::Local<v8::UnboundScript> script;
    if (!v8::ScriptCompiler::CompileUnboundScript(isolate_, &text, Compile::kEagerCompile)
             .ToLocal(&script)) {
      return v8::Nothing<bool>();
    }
    compiled.kept.emplace_back(isolate_, script);
  } else if (kind == FileKind::common_js) {
    v8::Local<v8::Function> body;
    // Not the functions in it: V8 would leave out the names it infers for them, as stacks show.
    if (!compile_common_js(file).ToLocal(&body)) return v8::Nothing<bool>();
    compiled.bodies.emplace(file.path, v8::Global<v8::Function>(isolate_, body));
  }
  return v8::Just(true);
}

v8::Maybe<bool> Bundle::compile_ahead(CompiledFiles& compiled) {
  for (const abi::SourceFile& file : files_) {
    if (compile_file(file, compiled).IsNothing()) return v8::Nothing<bool>();
  }
  return v8::Just(true);
}

v8::Maybe<bool> Bundle::load(Loaded& loaded) {
  const abi::SourceFile* entry = find(entry_file_);
  const FileKind kind = entry == nullptr ? FileKind::other : kind_of(*entry);
  if (kind == FileKind::common_js) return load_script(*entry);
  if (kind != FileKind::module) {
    throw_type_error(isolate_, "The entry file must be .js, .mjs or .cjs");
    return v8::Nothing<bool>();
  }
  v8::Local<v8::Module> module;
  if (!module_of(*entry).ToLocal(&module) || !evaluate(module).ToLocal(&loaded.evaluation)) {
    return v8::Nothing<bool>();
  }
  loaded.is_module = true;
  loaded.module = module->GetModuleNamespace().As<v8::Object>();
  return v8::Just(true);
}

v8::Maybe<bool> Bundle::check_file(const abi::SourceFile& file) {
  const FileKind kind = kind_of(file);
  if (kind != FileKind::other && !codec::is_valid_utf8(file.content)) {
    refuse({.file = file.path, .line = 1, .column = 1}, "The file is not UTF-8");
    return v8::Nothing<bool>();
  }
  bool is_valid = true;
  switch (kind) {
    case FileKind::module:
      is_valid = !module_of(file).IsEmpty();
      break;
    case FileKind::common_js:
      is_valid = !compile_common_js(file).IsEmpty();
      break;
    case FileKind::json:
      is_valid = !parse_json(file).IsEmpty();
      break;
    case FileKind::other:
      break;
  }
  return is_valid ? v8::Just(true) : v8::Nothing<bool>();
}

v8::Maybe<bool> Bundle::check() {
  for (const abi::SourceFile& file : files_) {
    if (check_file(file).IsNothing()) return v8::Nothing<bool>();
  }
  const abi::SourceFile* entry = find(entry_file_);
  const FileKind kind = entry == nullptr ? FileKind::other : kind_of(*entry);
  if (kind == FileKind::common_js) return check_script(*entry);
  if (kind != FileKind::module) {
    throw_type_error(isolate_, "The entry file must be .js, .mjs or .cjs");
    return v8::Nothing<bool>();
  }
  // Whether every name that is imported is exported.
  v8::Local<v8::Module> module;
  if (!module_of(*entry).ToLocal(&module)) return v8::Nothing<bool>();
  return module->InstantiateModule(context_, on_import);
}

}  // namespace nsl::runner::js
