#include "runner/js/engine.h"

#include <libplatform/libplatform.h>
#include <v8-context.h>
#include <v8-function.h>
#include <v8-initialization.h>
#include <v8-isolate.h>
#include <v8-profiler.h>
#include <v8-script.h>
#include <v8-version-string.h>

#include <array>
#include <optional>
#include <string>

#include "runner/js/bootstrap.h"
#include "runner/js/memory.h"
#include "runner/js/modules.h"
#include "runner/js/natives.h"
#include "runner/js/session.h"
#include "runner/js/source.h"
#include "runner/js/values.h"
#include "runner/js/web_apis.h"

namespace nsl::runner::js {
namespace {

// Flags stay changeable after start-up because each run sets its own random seed.
constexpr std::string_view kFlags =
    "--single-threaded --no-freeze-flags-after-init --stack-size=960";

class JsEngine final : public zygote::Engine {
 public:
  explicit JsEngine(const Options& options) : options_(options) {}

  std::string name() const override { return std::string("v8 ") + V8_VERSION_STRING; }

  sandbox::ExecutableMemory executable_memory() const override {
    return options_.compilation == Compilation::machine_code ? sandbox::ExecutableMemory::allowed
                                                             : sandbox::ExecutableMemory::refused;
  }

  sandbox::Layers layers() const override {
    if (!v8::V8::IsSandboxConfiguredSecurely()) return 0;
    return sandbox::kLayerEngineSandbox;
  }

  Result<void> prepare() override;
  void rehearse() override;
  bool load(int socket) override;
  int run(int socket) override;

 private:
  Result<void> make_context();
  void warm_up();

  Options options_;
  std::unique_ptr<v8::Platform> platform_;
  CountingAllocator allocator_;
  v8::Isolate* isolate_ = nullptr;
  v8::Global<v8::Context> context_;
  v8::Global<v8::Object> api_;
  // Of a template.
  std::optional<abi::Job> code_;
  std::optional<CompiledFiles> compiled_;
};

Result<void> JsEngine::prepare() {
  std::string flags(kFlags);
  if (options_.compilation == Compilation::interpreter) flags += " --jitless";
  v8::V8::SetFlagsFromString(flags.c_str());
  platform_ = v8::platform::NewSingleThreadedDefaultPlatform();
  v8::V8::InitializePlatform(platform_.get());
  if (!v8::V8::Initialize()) return fail(Code::runner_unavailable, "Runner is away", "V8 start-up");
  allocator_.open();
  v8::Isolate::CreateParams parameters;
  parameters.array_buffer_allocator = &allocator_;
  set_zygote_heap(parameters);
  isolate_ = v8::Isolate::New(parameters);
  isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  watch_heap(isolate_);
  isolate_->Enter();
  NSL_TRY_VOID(make_context());
  warm_up();
  return {};
}

Result<void> JsEngine::make_context() {
  const auto refuse = [] {
    return fail(Code::runner_unavailable, "Runner is away", "the bootstrap did not run");
  };
  const v8::HandleScope scope(isolate_);
  const v8::Local<v8::Context> context = v8::Context::New(isolate_);
  const v8::Context::Scope inside(context);
  // eval and new Function: nothing the user did not deploy runs.
  context->AllowCodeGenerationFromStrings(false);
  context->SetErrorMessageForCodeGenerationFromStrings(
      to_v8(isolate_, "Code from strings is not allowed in a function"));
  v8::ScriptOrigin origin(to_v8(isolate_, kApiName));
  v8::ScriptCompiler::Source source(to_v8(isolate_, kBootstrap), origin);
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> make_api;
  if (!v8::ScriptCompiler::Compile(context, &source).ToLocal(&script) ||
      !script->Run(context).ToLocal(&make_api) || !make_api->IsFunction()) {
    return refuse();
  }
  v8::Local<v8::Value> natives = make_natives(isolate_, context);
  v8::Local<v8::Value> api;
  if (!make_api.As<v8::Function>()
           ->Call(context, v8::Undefined(isolate_), 1, &natives)
           .ToLocal(&api) ||
      !api->IsObject()) {
    return refuse();
  }
  v8::ScriptCompiler::Source web_source(to_v8(isolate_, kWebApis), origin);
  v8::Local<v8::Value> install;
  v8::Local<v8::Value> web;
  if (!v8::ScriptCompiler::Compile(context, &web_source).ToLocal(&script) ||
      !script->Run(context).ToLocal(&web) ||
      !api.As<v8::Object>()->Get(context, to_v8(isolate_, "install")).ToLocal(&install) ||
      install.As<v8::Function>()->Call(context, v8::Undefined(isolate_), 1, &web).IsEmpty()) {
    return refuse();
  }
  if (options_.install_extras != nullptr) options_.install_extras(isolate_, context);
  context_.Reset(isolate_, context);
  api_.Reset(isolate_, api.As<v8::Object>());
  return {};
}

// A run of nothing compiles and touches what every run needs. It must not call Math.random, whose
// state would then be every run's, and declares nothing.
void JsEngine::rehearse() {
  const v8::HandleScope scope(isolate_);
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Context::Scope inside(context);
  guest::Host nobody(-1);
  Session session(isolate_, platform_.get(), context, api_.Get(isolate_), nobody);
  session.run({.output_bytes = 1024,
               .source = "module.exports = { main: async (params, context) => {"
                         " await null; return { sum: params.a + 1.5, text: `${context.b}` }; } };",
               .input = R"({"a":[1,2.5,"x"]})",
               .context = R"({"b":null})"});
  isolate_->SetPromiseRejectCallback(nullptr);
  set_host(isolate_, nullptr);
}

// The collection that follows a first run leaves a compact heap for the forks to share.
void JsEngine::warm_up() {
  const v8::HandleScope scope(isolate_);
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Context::Scope inside(context);
  rehearse();
  isolate_->LowMemoryNotification();
  // Looking at every object completes the sweeping, which would else be done again in every run.
  struct Nothing final : v8::QueryObjectPredicate {
    bool Filter(v8::Local<v8::Object>) override { return false; }
  } nothing;
  std::vector<v8::Global<v8::Object>> none;
  isolate_->GetHeapProfiler()->QueryObjects(context, &nothing, &none);
}

// What is compiled here the runs find in V8's own cache of compilations, so that they load their
// code as any run does.
bool JsEngine::load(int socket) {
  code_ = guest::receive_code(socket);
  set_run_memory(allocator_, code_->memory_bytes);
  // V8 would drop what has not run for a while.
  v8::V8::SetFlagsFromString("--no-flush-bytecode");
  const v8::HandleScope scope(isolate_);
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Context::Scope inside(context);
  const v8::TryCatch guard(isolate_);
  if (code_->files.empty()) return compile_ahead(isolate_, context, *code_).IsJust();
  return Bundle(isolate_, context, *code_, nullptr).compile_ahead(compiled_.emplace()).IsJust();
}

int JsEngine::run(int socket) {
  guest::Host host(socket);
  abi::Job job = host.receive_job(guest::HeldClocks::wall);
  if (code_.has_value()) abi::copy_code(*code_, job);
  set_run_memory(allocator_, job.memory_bytes);
  // V8 takes 31 bits, of which 0 would mean none.
  const std::uint64_t number = (job.seed[0] & 0x7fffffff) | 1;
  v8::V8::SetFlagsFromString(("--random-seed=" + std::to_string(number)).c_str());

  const v8::HandleScope scope(isolate_);
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Context::Scope inside(context);
  Session session(isolate_, platform_.get(), context, api_.Get(isolate_), host);
  if (compiled_.has_value()) session.use(*compiled_);
  for (;;) {
    const v8::HandleScope of_run(isolate_);
    host.finish(session.run(job));
    if (!job.has_successor) return 0;
    job = host.receive_job(guest::HeldClocks::wall);
  }
}

}  // namespace

std::unique_ptr<zygote::Engine> make_engine(const Options& options) {
  return std::make_unique<JsEngine>(options);
}

}  // namespace nsl::runner::js
