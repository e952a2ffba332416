// nsl-host: the untrusted parent of an enclave.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/process/process.h"
#include "core/wire/service.h"
#include "host/main/host.h"
#include "host/telemetry/log_writer.h"

namespace {

using nsl::Result;
namespace program = nsl::host::program;

constexpr std::int64_t kProbeMs = 1000;
constexpr std::int64_t kProbePauseMs = 20;

int refuse(const nsl::Error& error) {
  std::fprintf(stderr, "nsl-host: %s (%s) %s\n", error.message().c_str(),
               std::string(nsl::code_text(error.code())).c_str(), error.detail().c_str());
  return 1;
}

// Set by the stop signal, waited for by main.
class Stop {
 public:
  void set() NSL_EXCLUDES(mutex_) {
    {
      nsl::MutexLock lock(mutex_);
      is_set_ = true;
    }
    changed_.notify_all();
  }
  // True once set; waits at most until the deadline.
  bool wait(const nsl::Deadline& deadline) NSL_EXCLUDES(mutex_) {
    nsl::MutexLock lock(mutex_);
    while (!is_set_) {
      if (changed_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) break;
    }
    return is_set_;
  }
  void wait() NSL_EXCLUDES(mutex_) {
    nsl::MutexLock lock(mutex_);
    while (!is_set_) changed_.wait(lock);
  }

 private:
  nsl::Mutex mutex_;
  nsl::CondVar changed_;
  bool is_set_ NSL_GUARDED_BY(mutex_) = false;
};

// Written beside and renamed, so that a reader never sees half of it.
void write_ready_file(const std::string& path, const std::string& url) {
  if (path.empty()) return;
  const std::string beside = path + ".new";
  std::ofstream(beside) << "{\"url\": \"" << url << "\"}\n";
  if (std::rename(beside.c_str(), path.c_str()) != 0) {
    nsl::log_error("host", "The ready file could not be written", {{"path", path}});
  }
}

Result<void> serve(const program::Options& options) {
  // The store's directory: for this user only.
  if (mkdir(options.state.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return nsl::fail(nsl::Code::invalid_configuration, "The state directory cannot be made",
                     options.state);
  }
  Stop stop;
  const nsl::process::StopSignal stop_signal([&stop] { stop.set(); });
  NSL_TRY(const auto host, program::Host::start(options));
  const nsl::SystemClock clock;
  while (!host->probe(kProbeMs).has_value()) {
    if (stop.wait(nsl::Deadline::after_ms(clock, kProbePauseMs))) return {};
  }
  nsl::log_info("host", "Serving", {{"url", host->url()}});
  write_ready_file(options.ready_file, host->url());
  stop.wait();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  nsl::process::hold_stop_signals();
  nsl::wire::silence_protobuf();
  nsl::process::die_with_parent();
  nsl::set_log_process("host");
  const auto flags = nsl::flags::Flags::parse(program::host_flags(), {argv + 1, argv + argc});
  if (!flags.has_value()) return refuse(flags.error());
  if (flags->has("help")) {
    std::fputs(nsl::flags::help_text("nsl-host", program::host_flags()).c_str(), stdout);
    return 0;
  }
  if (flags->has("version")) {
    std::puts(NSL_VERSION);
    return 0;
  }
  if (flags->has("print-openapi")) {
    const auto document = nsl::host::gateway::print_openapi(NSL_VERSION);
    if (!document.has_value()) return refuse(document.error());
    std::puts(document->c_str());
    return 0;
  }
  auto options = program::parse_options(*flags);
  if (!options.has_value()) return refuse(options.error());
  options->version = NSL_VERSION;
  // Lines are written in batches: one write for each would cost more than most requests.
  nsl::host::telemetry::LogWriter log_writer(STDERR_FILENO);
  nsl::set_log_sink(log_writer.sink());
  const Result<void> served = serve(*options);
  nsl::set_log_sink({});
  return served.has_value() ? 0 : refuse(served.error());
}
