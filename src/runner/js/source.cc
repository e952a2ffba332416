#include "runner/js/source.h"

#include <v8-exception.h>
#include <v8-script.h>

#include <algorithm>
#include <cctype>

#include "runner/js/values.h"

namespace nsl::runner::js {
namespace {

v8::ScriptOrigin origin_of(v8::Isolate* isolate, bool is_module) {
  return v8::ScriptOrigin(to_v8(isolate, kSourceName), 0, 0, false, -1, v8::Local<v8::Value>(),
                          false, false, is_module);
}

v8::MaybeLocal<v8::Module> refuse_import(v8::Local<v8::Context> context,
                                         v8::Local<v8::String> specifier, v8::Local<v8::FixedArray>,
                                         v8::Local<v8::Module>) {
  v8::Isolate* isolate = context->GetIsolate();
  isolate->ThrowException(v8::Exception::SyntaxError(
      to_v8(isolate, "Cannot import '" + to_text(isolate, specifier) +
                         "': a function is one file; bundle what it needs")));
  return {};
}

v8::MaybeLocal<v8::Promise> refuse_dynamic_import(v8::Local<v8::Context> context,
                                                  v8::Local<v8::Data>, v8::Local<v8::Value>,
                                                  v8::Local<v8::String> specifier,
                                                  v8::Local<v8::FixedArray>) {
  refuse_import(context, specifier, {}, {}).IsEmpty();
  return {};
}

v8::MaybeLocal<v8::Module> compile_module(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                          std::string_view source) {
  v8::ScriptCompiler::Source text(to_v8(isolate, source), origin_of(isolate, true));
  v8::Local<v8::Module> module;
  if (!v8::ScriptCompiler::CompileModule(isolate, &text).ToLocal(&module)) return {};
  if (module->InstantiateModule(context, refuse_import).IsNothing()) return {};
  return module;
}

v8::Maybe<bool> load_module(v8::Isolate* isolate, v8::Local<v8::Context> context,
                            std::string_view source, Loaded& loaded) {
  v8::Local<v8::Module> module;
  if (!compile_module(isolate, context, source).ToLocal(&module)) return v8::Nothing<bool>();
  v8::Local<v8::Value> evaluation;
  if (!module->Evaluate(context).ToLocal(&evaluation)) return v8::Nothing<bool>();
  loaded.is_module = true;
  loaded.evaluation = evaluation.As<v8::Promise>();
  loaded.module = module->GetModuleNamespace().As<v8::Object>();
  return v8::Just(true);
}

v8::Maybe<bool> load_script(v8::Isolate* isolate, v8::Local<v8::Context> context,
                            std::string_view source) {
  v8::ScriptCompiler::Source text(to_v8(isolate, source), origin_of(isolate, false));
  v8::Local<v8::Script> script;
  if (!v8::ScriptCompiler::Compile(context, &text).ToLocal(&script)) return v8::Nothing<bool>();
  v8::Local<v8::Value> ignored;
  if (!script->Run(context).ToLocal(&ignored)) return v8::Nothing<bool>();
  return v8::Just(true);
}

// Only a syntax error lets the other form be tried: nothing of the source has run then.
bool is_script(v8::Isolate* isolate, v8::Local<v8::Context> context, std::string_view source) {
  const v8::TryCatch guard(isolate);
  v8::ScriptCompiler::Source text(to_v8(isolate, source), origin_of(isolate, false));
  return !v8::ScriptCompiler::Compile(context, &text).IsEmpty();
}

bool begins_with_word(std::string_view line, std::string_view word) {
  if (!line.starts_with(word)) return false;
  return line.size() == word.size() ||
         std::string_view(" \t{*\"'").find(line[word.size()]) != std::string_view::npos;
}

}  // namespace

bool looks_like_module(std::string_view source) {
  while (!source.empty()) {
    const std::size_t end = std::min(source.find_first_of("\n;"), source.size());
    std::string_view line = source.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (begins_with_word(line, "export") || begins_with_word(line, "import")) return true;
    source.remove_prefix(std::min(end + 1, source.size()));
  }
  return false;
}

bool is_identifier(std::string_view name) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
  };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::ranges::all_of(name, is_part);
}

std::vector<std::string> handler_names(const abi::Job& job) {
  if (!job.entry_point.empty() && job.entry_point != "main") return {job.entry_point};
  switch (job.kind) {
    case abi::RunKind::invoke:
    case abi::RunKind::compile:
      return {"main"};
    case abi::RunKind::event:
      return {"event", "handleEvent", "main"};
    case abi::RunKind::scheduled:
      return {"scheduled", "main"};
    case abi::RunKind::fetch:
      return {"fetch", "main"};
  }
  return {"main"};
}

v8::Maybe<bool> load_source(v8::Isolate* isolate, v8::Local<v8::Context> context,
                            std::string_view source, Loaded& loaded) {
  isolate->SetHostImportModuleDynamicallyCallback(refuse_dynamic_import);
  // The words may stand in a comment or a text of a script, so a script is what compiles as one.
  if (looks_like_module(source) && !is_script(isolate, context, source)) {
    return load_module(isolate, context, source, loaded);
  }
  return load_script(isolate, context, source);
}

v8::Maybe<bool> check_source(v8::Isolate* isolate, v8::Local<v8::Context> context,
                             std::string_view source) {
  bool is_valid = false;
  if (looks_like_module(source) && !is_script(isolate, context, source)) {
    is_valid = !compile_module(isolate, context, source).IsEmpty();
  } else {
    v8::ScriptCompiler::Source text(to_v8(isolate, source), origin_of(isolate, false));
    is_valid = !v8::ScriptCompiler::Compile(context, &text).IsEmpty();
  }
  return is_valid ? v8::Just(true) : v8::Nothing<bool>();
}

v8::Maybe<bool> compile_ahead(v8::Isolate* isolate, v8::Local<v8::Context> context,
                              const abi::Job& code) {
  const bool is_module =
      looks_like_module(code.source) && !is_script(isolate, context, code.source);
  v8::ScriptCompiler::Source text(to_v8(isolate, code.source), origin_of(isolate, is_module));
  if (is_module) {
    v8::Local<v8::Module> module;
    const bool is_compiled =
        v8::ScriptCompiler::CompileModule(isolate, &text, v8::ScriptCompiler::kEagerCompile)
            .ToLocal(&module);
    if (!is_compiled) return v8::Nothing<bool>();
    // Never given back: the process lives for this code and no other.
    new v8::Global<v8::UnboundModuleScript>(isolate, module->GetUnboundModuleScript());
    return v8::Just(true);
  }
  v8::Local<v8::UnboundScript> script;
  const bool is_compiled =
      v8::ScriptCompiler::CompileUnboundScript(isolate, &text, v8::ScriptCompiler::kEagerCompile)
          .ToLocal(&script);
  if (!is_compiled) return v8::Nothing<bool>();
  new v8::Global<v8::UnboundScript>(isolate, script);
  return v8::Just(true);
}

v8::MaybeLocal<v8::Object> top_level_functions(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                               const std::vector<std::string>& names) {
  // `const main = ...` is no property of the global object; only source text reaches it.
  std::string text = "({__proto__:null";
  for (const std::string& name : names) {
    if (is_identifier(name)) {
      text += "," + name + ":typeof " + name + "==='function'?" + name + ":undefined";
    }
  }
  text += "})";
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> value;
  if (!v8::Script::Compile(context, to_v8(isolate, text)).ToLocal(&script)) return {};
  if (!script->Run(context).ToLocal(&value)) return {};
  return value.As<v8::Object>();
}

}  // namespace nsl::runner::js
