#include "runner/csharp/engine.h"

#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string>

#include "core/base/limits.h"
#include "runner/csharp/mono.h"
#include "runner/csharp/natives.h"
#include "runner/csharp/parts.h"
#include "runner/guest/host.h"

namespace nsl::runner::csharp {
namespace {

constexpr const char* kLibrary = "NeoServiceLayer.dll";
constexpr const char* kCompiler = "NeoServiceLayer.Compiler.dll";

// In place of a kind of run.
constexpr std::int32_t kNothing = -1;

void append_part(std::string& parts, std::string_view part) {
  const auto size = static_cast<std::uint32_t>(part.size());
  for (const std::uint32_t shift : {24U, 16U, 8U, 0U}) parts += static_cast<char>(size >> shift);
  parts += part;
}

// As Compiler.Run takes them; the names are those of Errors.cs.
std::string to_sources(const abi::Job& job) {
  std::string parts;
  if (job.files.empty()) {
    append_part(parts, "function.cs");
    append_part(parts, job.source);
  }
  for (const abi::SourceFile& file : job.files) {
    if (!file.path.ends_with(".cs")) continue;
    append_part(parts, "./" + file.path);
    append_part(parts, file.content);
  }
  return parts;
}

[[noreturn]] void end_out_of_memory() { ::_exit(abi::kExitOutOfMemory); }

class CSharpEngine final : public zygote::Engine {
 public:
  CSharpEngine(Role role, InstallExtras install_extras)
      : role_(role), install_extras_(install_extras) {}

  std::string name() const override { return "mono " + mono_version(); }
  // Mono compiles to machine code as it goes.
  sandbox::ExecutableMemory executable_memory() const override {
    return sandbox::ExecutableMemory::allowed;
  }
  sandbox::Layers layers() const override { return sandbox::kNoLayers; }

  Result<void> prepare() override;
  void rehearse() override;
  bool load(int socket) override;
  int run(int socket) override;

 private:
  abi::Done run_nothing();
  abi::Done run_job(guest::Host* host, const abi::Job& job, std::int32_t kind);
  abi::Done compile(const abi::Job& job);

  const Role role_;
  const InstallExtras install_extras_;
  Method run_;
  Method load_;
  Method compile_;
};

Result<void> CSharpEngine::prepare() {
  NSL_TRY_VOID(start_mono());
  install_natives();
  if (install_extras_ != nullptr) install_extras_();
  NSL_TRY(const Method prepare_library, find_method(kLibrary, "NeoServiceLayer.Runtime:Prepare"));
  NSL_TRY_VOID(prepare_library.call_once({}));
  NSL_TRY(run_, find_method(kLibrary, "NeoServiceLayer.Runtime:Run"));
  NSL_TRY(load_, find_method(kLibrary, "NeoServiceLayer.Runtime:LoadAhead"));
  if (role_ == Role::compiler) {
    NSL_TRY(const Method prepare_compiler,
            find_method(kCompiler, "NeoServiceLayer.Compiler:Prepare"));
    NSL_TRY_VOID(prepare_compiler.call_once({reference_names()}));
    NSL_TRY(compile_, find_method(kCompiler, "NeoServiceLayer.Compiler:Run"));
  } else {
    const abi::Done done = run_nothing();
    if (done.status != abi::DoneStatus::succeeded) {
      return fail(Code::runner_unavailable, "Runner is away", "warm-up: " + done.message);
    }
  }
  end_helper_threads();
  return {};
}

void CSharpEngine::rehearse() {
  if (role_ == Role::runs) run_nothing();
}

// Compiles to machine code, and touches, what every run needs.
abi::Done CSharpEngine::run_nothing() {
  const auto part = find_part("NeoServiceLayer.Warming.dll");
  abi::Job job{.output_bytes = 1024, .input = R"({"a":[1,2.5,"x"]})", .context = R"({"b":null})"};
  append_part(job.artifact, as_text(part));
  return run_job(nullptr, job, kNothing);
}

abi::Done CSharpEngine::run_job(guest::Host* host, const abi::Job& job, std::int32_t kind) {
  abi::Done done{.status = abi::DoneStatus::failed,
                 .message = "The run ended in a way that has no name"};
  set_run(host, &done);
  const Called called = run_.call({kind, job.entry_point, as_bytes(job.artifact), job.input,
                                   job.context, static_cast<std::int32_t>(job.output_bytes)});
  if (called == Called::threw_memory) done.status = abi::DoneStatus::memory;
  return done;
}

abi::Done CSharpEngine::compile(const abi::Job& job) {
  abi::Done done{.status = abi::DoneStatus::failed, .message = "The compiler ended without a word"};
  set_run(nullptr, &done);
  const std::string files = to_sources(job);
  const Called called = compile_.call(
      {as_bytes(files), static_cast<std::int32_t>(limits::kFunctionArtifactBytesMax)});
  if (called == Called::threw_memory) done.status = abi::DoneStatus::memory;
  return done;
}

bool CSharpEngine::load(int socket) {
  const abi::Job code = guest::receive_code(socket);
  return role_ == Role::runs && load_.call({as_bytes(code.artifact)}) == Called::returned;
}

int CSharpEngine::run(int socket) {
  std::set_new_handler(end_out_of_memory);
  // Mono ends a process that it cannot give an object to by exit().
  std::atexit(end_out_of_memory);
  guest::Host host(socket);
  for (;;) {
    const abi::Job job = host.receive_job(guest::HeldClocks::all);
    const bool is_compile = job.kind == abi::RunKind::compile;
    if (is_compile != (role_ == Role::compiler)) {
      host.finish({.status = abi::DoneStatus::failed, .message = "Sent to the wrong process"});
      return 0;
    }
    host.finish(is_compile ? compile(job)
                           : run_job(&host, job, static_cast<std::int32_t>(job.kind)));
    if (!job.has_successor) return 0;
  }
}

}  // namespace

std::unique_ptr<zygote::Engine> make_engine(Role role, InstallExtras install_extras) {
  return std::make_unique<CSharpEngine>(role, install_extras);
}

}  // namespace nsl::runner::csharp
