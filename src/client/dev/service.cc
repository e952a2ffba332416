#include "client/dev/service.h"

#include <simdjson.h>

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/codec/hex.h"
#include "core/crypto/pem.h"

namespace nsl::client::dev {
namespace {

namespace fs = std::filesystem;

constexpr int kReadyPollMs = 20;
// A first start makes the store and the root key; a loaded machine takes its time.
constexpr std::int64_t kReadyMsMax = 60'000;
// A graceful stop and a margin.
constexpr std::int64_t kStopMsMax = limits::kDrainMsMax + 2'000;

Result<void> make_private_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return fail(Code::io_failed, "Cannot make the folder " + path.string());
  return {};
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The last lines of a log, for a part that died.
std::string tail(const fs::path& path) {
  constexpr std::size_t kBytesShown = 600;
  const std::string text = read(path);
  return text.size() <= kBytesShown ? text : text.substr(text.size() - kBytesShown);
}

}  // namespace

Service::Service(ServiceOptions options, const Clock& clock, Say say)
    : options_(std::move(options)), clock_(clock), say_(std::move(say)) {
  options_.state_folder = fs::absolute(options_.state_folder);
  options_.dev_file = fs::absolute(options_.dev_file);
}

Service::~Service() {
  // The host first, so that nobody is answered by a service that is half gone.
  if (host_.process.has_value()) host_.process->stop(kStopMsMax);
  if (enclave_.process.has_value()) enclave_.process->stop(kStopMsMax);
  std::error_code ignored;
  if (!socket_folder_.empty()) fs::remove_all(socket_folder_, ignored);
  if (lock_.has_value() && !running_.url.empty()) fs::remove(options_.dev_file, ignored);
}

Result<std::optional<Running>> Service::start() {
  NSL_TRY_VOID(prepare_folders());
  NSL_TRY(ReservedPort port, ReservedPort::take(options_.port));
  port_.emplace(std::move(port));
  enclave_.command = enclave_command();
  host_.command = host_command();
  NSL_TRY_VOID(launch(enclave_));
  NSL_TRY_VOID(launch(host_));
  NSL_TRY(const bool is_ready, wait_until_ready());
  if (!is_ready) return std::optional<Running>();
  NSL_TRY(running_, read_running());
  NSL_TRY_VOID(write_dev_file(running_));
  return std::optional<Running>(running_);
}

Result<void> Service::prepare_folders() {
  NSL_TRY_VOID(make_private_folder(options_.state_folder));
  NSL_TRY(FolderLock lock, FolderLock::take(options_.state_folder / "lock"));
  lock_.emplace(std::move(lock));
  std::error_code error;
  if (options_.start == ServiceOptions::Start::fresh) {
    for (const char* name : {"host", "enclave", "host.log", "enclave.log"}) {
      fs::remove_all(options_.state_folder / name, error);
    }
  }
  NSL_TRY_VOID(make_private_folder(options_.state_folder / "host"));
  NSL_TRY_VOID(make_private_folder(options_.state_folder / "enclave"));
  NSL_TRY_VOID(make_private_folder(options_.dev_file.parent_path()));
  NSL_TRY(socket_folder_, make_socket_folder());
  return {};
}

std::vector<std::string> Service::shared_arguments() const {
  std::vector<std::string> arguments;
  if (!options_.network.empty()) {
    arguments.insert(arguments.end(), {"--network", options_.network});
  }
  if (!options_.accepted_chain.empty()) {
    arguments.insert(arguments.end(), {"--accept-chain", options_.accepted_chain});
  }
  for (const std::string& url : options_.chain_urls) {
    arguments.insert(arguments.end(), {"--chain", url});
  }
  for (const std::string& address : options_.allow_addresses) {
    arguments.insert(arguments.end(), {"--allow-address", address});
  }
  return arguments;
}

Process::Options Service::enclave_command() const {
  std::vector<std::string> arguments = {
      "--listen", "unix:" + (socket_folder_ / "enclave").string(),
      "--dial",   "unix:" + (socket_folder_ / "dial").string(),
      "--state",  (options_.state_folder / "enclave").string(),
      "--runner", "javascript=" + (options_.program_folder / "nsl-runner-js").string()};
  for (const std::string language : {"python", "csharp"}) {
    const fs::path runner = options_.program_folder / ("nsl-runner-" + language);
    std::error_code error;
    if (fs::exists(runner, error)) {
      arguments.insert(arguments.end(), {"--runner", language + "=" + runner.string()});
    }
  }
  for (const std::string& layer : options_.layers_waived) {
    arguments.insert(arguments.end(), {"--without-layer", layer});
  }
  if (!options_.extra_root.empty()) {
    arguments.insert(arguments.end(), {"--extra-root", fs::absolute(options_.extra_root).string()});
  }
  const std::vector<std::string> shared = shared_arguments();
  arguments.insert(arguments.end(), shared.begin(), shared.end());
  return {options_.program_folder / "nsl-enclave-dev", std::move(arguments),
          options_.state_folder / "enclave.log"};
}

Process::Options Service::host_command() const {
  std::vector<std::string> arguments = {
      "--enclave",     "unix:" + (socket_folder_ / "enclave").string(),
      "--dial-listen", "unix:" + (socket_folder_ / "dial").string(),
      "--state",       (options_.state_folder / "host").string(),
      "--listen",      "127.0.0.1:" + std::to_string(port_->number()),
      "--ready-file",  (socket_folder_ / "ready.json").string()};
  const std::vector<std::string> shared = shared_arguments();
  arguments.insert(arguments.end(), shared.begin(), shared.end());
  return {options_.program_folder / "nsl-host", std::move(arguments),
          options_.state_folder / "host.log"};
}

Result<void> Service::launch(Part& part) {
  std::error_code error;
  if (!fs::exists(part.command.program, error)) {
    return fail(Code::io_failed, "There is no program " + part.command.program.string());
  }
  NSL_TRY(Process process, Process::start(part.command));
  part.process.emplace(std::move(process));
  return {};
}

std::vector<Process*> Service::processes() { return {&*enclave_.process, &*host_.process}; }

Result<bool> Service::relaunch_ended() {
  for (Part* part : {&enclave_, &host_}) {
    const std::optional<std::string> ending = part->process->ending();
    if (!ending.has_value()) continue;
    const std::string name = part->command.program.filename().string();
    say_(name + " ended (" + *ending + "); log: " + part->command.log_file.string());
    if (part->restarts == limits::kRestartsMax) {
      return fail(Code::unavailable, name + " ended too often. Last lines of its log:\n" +
                                         tail(part->command.log_file));
    }
    const int delay_ms = options_.restart_delay_ms << part->restarts++;
    if (signals_.wait({}, delay_ms) == StopSignals::Woken::stop) return false;
    NSL_TRY_VOID(launch(*part));
  }
  return true;
}

Result<bool> Service::wait_until_ready() {
  const Deadline deadline = Deadline::after_ms(clock_, kReadyMsMax);
  std::error_code error;
  while (!fs::exists(socket_folder_ / "ready.json", error)) {
    if (deadline.has_passed(clock_)) {
      return fail(Code::deadline_exceeded,
                  "The service did not become ready; log: " + host_.command.log_file.string());
    }
    if (signals_.wait(processes(), kReadyPollMs) == StopSignals::Woken::stop) return false;
    NSL_TRY(const bool goes_on, relaunch_ended());
    if (!goes_on) return false;
  }
  return true;
}

Result<void> Service::supervise() {
  while (signals_.wait(processes(), -1) != StopSignals::Woken::stop) {
    NSL_TRY(const bool goes_on, relaunch_ended());
    if (!goes_on) break;
  }
  return {};
}

Result<Running> Service::read_running() const {
  simdjson::dom::parser parser;
  std::string_view url;
  const std::string ready = read(socket_folder_ / "ready.json");
  if (parser.parse(ready)["url"].get(url) != simdjson::SUCCESS) {
    return fail(Code::io_failed, "The host's ready file does not name its URL");
  }
  Running running{.url = std::string(url),
                  .root_file = options_.state_folder / "enclave" / "development-root.pem"};
  NSL_TRY(const Bytes root, crypto::decode_certificate_pem(read(running.root_file)));
  running.development_root = crypto::sha256(root);
  return running;
}

Result<void> Service::write_dev_file(const Running& running) const {
  // In one step: a command that reads it meanwhile sees the old file or the new one.
  const fs::path fresh = options_.dev_file.string() + ".new";
  std::ofstream file(fresh, std::ios::binary);
  file << "{\"url\":\"" << json_escaped(running.url) << "\",\"network\":\""
       << json_escaped(options_.network) << "\",\"development_root_fingerprint\":\""
       << codec::encode_hex(running.development_root) << "\",\"state\":\""
       << json_escaped(options_.state_folder.string()) << "\",\"pids\":[" << enclave_.process->pid()
       << "," << host_.process->pid() << "]}\n";
  file.close();
  std::error_code error;
  fs::rename(fresh, options_.dev_file, error);
  if (!file || error) return fail(Code::io_failed, "Cannot write " + options_.dev_file.string());
  return {};
}

}  // namespace nsl::client::dev
