#include "runner/python/engine.h"

#include <unistd.h>

#include <new>
#include <string>
#include <vector>

#include "runner/guest/host.h"
#include "runner/python/library.h"
#include "runner/python/memory.h"
#include "runner/python/natives.h"
#include "runner/python/object.h"

namespace nsl::runner::python {
namespace {

[[noreturn]] void end_out_of_memory() { ::_exit(abi::kExitOutOfMemory); }

// As `(status, output, message, line, column, stack, file)` of runtime.py.
abi::Done to_done(PyObject* result) {
  const auto number = [result](Py_ssize_t index) {
    return static_cast<std::uint32_t>(PyLong_AsUnsignedLongMask(PyTuple_GET_ITEM(result, index)));
  };
  const auto text = [result](Py_ssize_t index) { return to_text(PyTuple_GET_ITEM(result, index)); };
  return {.status = static_cast<abi::DoneStatus>(number(0)),
          .output = text(1),
          .message = text(2),
          .line = number(3),
          .column = number(4),
          .stack = text(5),
          .file = text(6)};
}

// Bytes by path; nothing when there is no memory for it.
Object to_dict(const std::vector<abi::SourceFile>& files) {
  Object dict = Object::take(PyDict_New());
  for (const abi::SourceFile& file : files) {
    const Object content = Object::take(PyBytes_FromStringAndSize(
        file.content.data(), static_cast<Py_ssize_t>(file.content.size())));
    if (!dict || !content ||
        PyDict_SetItemString(dict.get(), file.path.c_str(), content.get()) != 0) {
      return {};
    }
  }
  return dict;
}

abi::Done to_unnamed_end() {
  const bool is_memory = PyErr_ExceptionMatches(PyExc_MemoryError) != 0;
  PyErr_Clear();
  return {.status = is_memory ? abi::DoneStatus::memory : abi::DoneStatus::failed,
          .message = "The run ended in a way that has no name"};
}

class PythonEngine final : public zygote::Engine {
 public:
  explicit PythonEngine(InstallExtras install_extras) : install_extras_(install_extras) {}

  std::string name() const override { return "cpython " PY_VERSION; }
  sandbox::ExecutableMemory executable_memory() const override {
    return sandbox::ExecutableMemory::refused;
  }
  sandbox::Layers layers() const override { return sandbox::kNoLayers; }

  Result<void> prepare() override;
  void rehearse() override;
  bool load(int socket) override;
  int run(int socket) override;

 private:
  Result<void> start();
  Result<void> load_runtime();
  void warm_up();
  void share_objects();
  abi::Done run_job(const abi::Job& job);

  InstallExtras install_extras_;
  Object run_function_;
  Object load_function_;
};

std::unexpected<Error> refuse(const std::string& what) {
  return fail(Code::runner_unavailable, "Runner is away", what);
}

Result<void> PythonEngine::prepare() {
  install_library();
  NSL_TRY_VOID(start());
  NSL_TRY_VOID(load_runtime());
  warm_up();
  return {};
}

Result<void> PythonEngine::start() {
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  PyStatus status = Py_PreInitialize(&before);
  if (PyStatus_Exception(status) != 0) return refuse("Python's start-up");
  hold_memory_back();
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.site_import = 0;
  config.install_signal_handlers = 0;
  config.write_bytecode = 0;
  config.pathconfig_warnings = 0;
  config.use_frozen_modules = 1;
  // The same order of sets in every run, so that a run can be repeated. Whoever floods a table of
  // texts with collisions uses up his own time.
  config.use_hash_seed = 1;
  config.hash_seed = 0;
  config.module_search_paths_set = 1;
  for (wchar_t** path :
       {&config.home, &config.executable, &config.base_executable, &config.prefix,
        &config.exec_prefix, &config.base_prefix, &config.base_exec_prefix, &config.program_name}) {
    status = PyConfig_SetString(&config, path, L"");
    if (PyStatus_Exception(status) != 0) return refuse("Python's settings");
  }
  status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status) != 0) {
    return refuse(std::string("Python's start-up: ") +
                  (status.err_msg != nullptr ? status.err_msg : "unknown"));
  }
  return {};
}

Result<void> PythonEngine::load_runtime() {
  const auto fail_loading = [] {
    PyErr_Print();
    return refuse("the runtime did not load");
  };
  const Object runtime = Object::take(PyImport_ImportModule("_nsl_runtime"));
  if (!runtime) return fail_loading();
  const Object names = Object::take(PyList_New(0));
  for (const char* name : allowed_modules()) {
    const Object text = to_str(name);
    if (!names || !text || PyList_Append(names.get(), text.get()) != 0) return fail_loading();
  }
  const Object builtins =
      Object::take(PyObject_CallMethod(runtime.get(), "prepare", "O", names.get()));
  if (!builtins) return fail_loading();
  if (install_extras_ != nullptr && !install_extras_({.dict = builtins.get()}))
    return fail_loading();
  run_function_ = Object::take(PyObject_GetAttrString(runtime.get(), "run"));
  load_function_ = Object::take(PyObject_GetAttrString(runtime.get(), "load"));
  if (!run_function_ || !load_function_) return fail_loading();
  return {};
}

// A run of nothing touches what every run needs.
void PythonEngine::rehearse() {
  run_job({.output_bytes = 1024,
           .source = "import json, decimal\n"
                     "async def help(value):\n"
                     "    return [value]\n"
                     "async def main(params, context):\n"
                     "    print()\n"
                     "    found = await help(params['a'])\n"
                     "    return {'sum': found[0][1] + 1.5, 'text': f'{context.b}'}\n",
           .input = R"({"a":[1,2.5,"x"]})",
           .context = R"({"b":null})"});
}

// What is alive after a first run is taken out of the collector's sight, so that no run writes to
// it, and with it to the pages shared with the zygote.
void PythonEngine::warm_up() {
  rehearse();
  share_objects();
}

void PythonEngine::share_objects() {
  const Object collector = Object::take(PyImport_ImportModule("gc"));
  for (const char* step : {"collect", "freeze"}) {
    if (!collector || !Object::take(PyObject_CallMethod(collector.get(), step, nullptr))) {
      PyErr_Clear();
    }
  }
}

abi::Done PythonEngine::run_job(const abi::Job& job) {
  const auto size = [](const std::string& text) { return static_cast<Py_ssize_t>(text.size()); };
  const Object files = to_dict(job.files);
  if (!files) return to_unnamed_end();
  const Object result = Object::take(PyObject_CallFunction(
      run_function_.get(), "is#s#s#s#IOs#", static_cast<int>(job.kind), job.entry_point.data(),
      size(job.entry_point), job.source.data(), size(job.source), job.input.data(), size(job.input),
      job.context.data(), size(job.context), job.output_bytes, files.get(), job.entry_file.data(),
      size(job.entry_file)));
  return result ? to_done(result.get()) : to_unnamed_end();
}

bool PythonEngine::load(int socket) {
  const abi::Job code = guest::receive_code(socket);
  const Object files = to_dict(code.files);
  const Object result =
      files ? Object::take(PyObject_CallFunction(load_function_.get(), "s#Os#", code.source.data(),
                                                 static_cast<Py_ssize_t>(code.source.size()),
                                                 files.get(), code.entry_file.data(),
                                                 static_cast<Py_ssize_t>(code.entry_file.size())))
            : Object();
  if (!result) {
    PyErr_Clear();
    return false;
  }
  share_objects();
  return true;
}

int PythonEngine::run(int socket) {
  std::set_new_handler(end_out_of_memory);
  guest::Host host(socket);
  set_host(&host);
  for (;;) {
    const abi::Job job = host.receive_job(guest::HeldClocks::all);
    host.finish(run_job(job));
    if (!job.has_successor) return 0;
  }
}

}  // namespace

std::unique_ptr<zygote::Engine> make_engine(InstallExtras install_extras) {
  return std::make_unique<PythonEngine>(install_extras);
}

}  // namespace nsl::runner::python
