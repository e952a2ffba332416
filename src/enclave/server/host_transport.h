// The enclave's way to ask the host: a wire::Transport for the generated stubs of host services.
//
// call() blocks until the host answers, the deadline passes, the request this thread serves is
// cancelled, or the connection is lost. Without a connected host it fails at once with
// Code::unavailable. Nothing the host answers is believed here; callers check what they get.
//
// It exists apart from the Server so that the parts a RequestHandler is made of can be built before
// the server that calls the handler.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/wire/service.h"

namespace nsl::enclave::server {

class Connection;

class HostTransport final : public wire::Transport {
 public:
  HostTransport() = default;
  Result<std::string> call(std::string_view service, std::string_view method, std::string payload,
                           const Deadline& deadline) override NSL_EXCLUDES(mutex_);

  // Called by the server only: the connection calls go to; null when there is none.
  void attach(std::shared_ptr<Connection> connection) NSL_EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  // Shared with the server and with requests still running after the connection was lost.
  std::shared_ptr<Connection> connection_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::server
