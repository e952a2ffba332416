// Enclave: listens first, because everything it needs (its records, the chain) it reaches through
// the host; starts its services once the host is there; answers "unavailable" until then.
#pragma once

#include <atomic>
#include <memory>

#include "core/base/mutex.h"
#include "enclave/assembly/services.h"
#include "enclave/server/server.h"

namespace nsl::enclave::assembly {

// What a program brings to the enclave it runs.
struct Foundation {
  keys::Unlocker& unlocker;
  attest::SecurityModule& module;
  const Clock& clock;
  Random& random;
};

// Serves once there is something to serve with.
class LateHandler final : public server::RequestHandler {
 public:
  void set(server::RequestHandler& handler) { handler_ = &handler; }
  void serve(const internal::v1::Frame& request, const Deadline& deadline, Answer answer) override;

 private:
  std::atomic<server::RequestHandler*> handler_ = nullptr;
};

class Enclave {
 public:
  Enclave(Options options, Foundation foundation);

  // Serves until stop(). Fails when the enclave must not serve: its state was rolled back, the node
  // is of another network, the root key does not unlock.
  Result<void> run();
  // Safe from any thread.
  void stop() NSL_EXCLUDES(mutex_);

 private:
  Result<void> start_services() NSL_EXCLUDES(mutex_);
  // False when it is time to stop.
  bool pause() NSL_EXCLUDES(mutex_);

  const Options options_;
  Foundation foundation_;
  server::HostTransport host_;
  LateHandler handler_;
  server::Server server_;
  Mutex mutex_;
  CondVar stopped_;
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
};

}  // namespace nsl::enclave::assembly
