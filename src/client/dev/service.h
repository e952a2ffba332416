// `nsl dev`: the whole service on this machine. It starts nsl-enclave-dev and nsl-host from the
// folder this program is in, tells the command line where they are through .nsl/dev.json, starts
// either again when it dies (limits::kRestartsMax times), and stops both in order.
//
// State lives in <state>/host and <state>/enclave, mode 0700; this program reads nothing of the
// second but the development root's certificate.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/dev/port.h"
#include "client/dev/process.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/crypto/hash.h"

namespace nsl::client::dev {

struct ServiceOptions {
  // Where the programs are.
  std::filesystem::path program_folder;
  std::filesystem::path state_folder;
  // The file the command line looks for: .nsl/dev.json under the working directory.
  std::filesystem::path dev_file;
  std::vector<std::string> chain_urls;
  // Magic of the Neo network; empty: as the node says.
  std::string network;
  // Hash of a block: the chain that has it is read instead of the one read before. Empty: none is.
  std::string accepted_chain;
  // 0: any free port.
  std::uint16_t port = 0;
  // PEM of a certificate authority for outbound HTTPS besides the public ones.
  std::string extra_root;
  // "127.0.0.1:8443": private addresses functions may reach.
  std::vector<std::string> allow_addresses;
  // Layers of the functions' cage to go without, by name.
  std::vector<std::string> layers_waived = {};
  // Before a dead part is started again; doubled each time, so that what the dead one held is free.
  int restart_delay_ms = 250;
  enum class Start : std::uint8_t { keep_state, fresh } start = Start::keep_state;
};

struct Running {
  std::string url;
  crypto::Digest32 development_root{};
  std::filesystem::path root_file;
};

class Service {
 public:
  // Lines for a person.
  using Say = std::function<void(std::string_view)>;

  Service(ServiceOptions options, const Clock& clock, Say say);
  // Stops both, the host first, and removes what only a running service has.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Starts both and waits until the host answers. Nothing when a stop signal came meanwhile.
  Result<std::optional<Running>> start();
  // Until a stop signal; an error when a part died too often.
  Result<void> supervise();

 private:
  struct Part {
    Process::Options command;
    std::optional<Process> process;
    std::int64_t restarts = 0;
  };

  Result<void> prepare_folders();
  std::vector<std::string> shared_arguments() const;
  Process::Options enclave_command() const;
  Process::Options host_command() const;
  Result<void> launch(Part& part);
  // Starts again what has ended; false when a stop signal came first.
  Result<bool> relaunch_ended();
  std::vector<Process*> processes();
  // Whether the ready file appeared; false when a stop signal came first.
  Result<bool> wait_until_ready();
  Result<Running> read_running() const;
  Result<void> write_dev_file(const Running& running) const;

  ServiceOptions options_;
  const Clock& clock_;
  Say say_;
  StopSignals signals_;
  std::optional<FolderLock> lock_;
  std::optional<ReservedPort> port_;
  std::filesystem::path socket_folder_;
  Running running_;
  Part enclave_;
  Part host_;
};

}  // namespace nsl::client::dev
