#include "enclave/assembly/enclave.h"

#include <map>
#include <optional>
#include <thread>

#include "core/base/assert.h"
#include "core/base/log.h"

namespace nsl::enclave::assembly {
namespace {

constexpr std::int64_t kStartMs = 60000;
constexpr std::int64_t kRetryMs = 100;

internal::v1::Frame not_ready() {
  internal::v1::Frame frame;
  frame.mutable_error()->set_code(std::string(code_text(Code::unavailable)));
  frame.mutable_error()->set_message("The enclave is starting");
  return frame;
}

}  // namespace

void LateHandler::serve(const internal::v1::Frame& request, const Deadline& deadline,
                        Answer answer) {
  server::RequestHandler* handler = handler_;
  if (handler == nullptr) return answer(not_ready());
  handler->serve(request, deadline, std::move(answer));
}

Enclave::Enclave(Options options, Foundation foundation)
    : options_(std::move(options)),
      foundation_(foundation),
      server_({}, handler_, host_, foundation.clock) {}

Result<void> Enclave::run() {
  NSL_TRY_VOID(server_.listen(options_.listen));
  Result<void> started;
  std::thread starter([this, &started] {
    started = start_services();
    if (!started.has_value()) server_.stop();
  });
  Result<void> served = server_.run();
  stop();
  starter.join();
  return started.has_value() ? served : started;
}

void Enclave::stop() {
  {
    MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  stopped_.notify_all();
  server_.stop();
}

bool Enclave::pause() {
  const Deadline deadline = Deadline::after_ms(foundation_.clock, kRetryMs);
  MutexLock lock(mutex_);
  while (!is_stopping_) {
    if (stopped_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) break;
  }
  return !is_stopping_;
}

Result<void> Enclave::start_services() {
  NSL_TRY(const auto tls,
          tls::TlsClient::make(options_.roots_pem, options_.extra_roots_pem, foundation_.clock));
  outcall::HostDialer dialer(
      {.endpoint = options_.dial, .allowed_addresses = options_.allowed_addresses}, host_,
      foundation_.clock);
  std::map<std::string, execution::RunnerProcess> processes;
  execution::Runners runners;
  for (const auto& [language, program] : options_.runners) {
    nsl::v1::PutFunctionRequest::Runtime runtime{};
    NSL_ASSERT(nsl::v1::PutFunctionRequest::Runtime_Parse(language, &runtime));
    const execution::RunnerProcess::Command command{.program = program,
                                                    .layers_waived = options_.layers_waived};
    const auto [process, _] = processes.try_emplace(language, command, foundation_.clock);
    runners[runtime] = &process->second;
  }
  const Surroundings surroundings{
      .unlocker = foundation_.unlocker,
      .module = foundation_.module,
      .host = host_,
      .runners = runners,
      .http = {.dialer = dialer, .tls = *tls, .clock = foundation_.clock},
      .clock = foundation_.clock,
      .random = foundation_.random};
  std::unique_ptr<Services> services;
  std::optional<Code> told;
  while (services == nullptr) {
    auto started =
        Services::start(options_, surroundings, Deadline::after_ms(foundation_.clock, kStartMs));
    if (started.has_value()) {
      services = *std::move(started);
      break;
    }
    // The host or the node is not there yet; anything else is for people.
    if (!code_is_retryable(started.error().code())) return fail(started.error());
    if (told != started.error().code()) {
      log_info(
          "enclave", "Waiting to start",
          {{"code", code_text(started.error().code())}, {"reason", started.error().message()}});
      told = started.error().code();
    }
    if (!pause()) return {};
  }
  // Here, because a runner dies with the thread that started it, and this one lives on.
  for (auto& [language, process] : processes) process.warm_up();
  handler_.set(services->handler());
  log_info("enclave", "Serving");
  MutexLock lock(mutex_);
  while (!is_stopping_) stopped_.wait(lock);
  return {};
}

}  // namespace nsl::enclave::assembly
