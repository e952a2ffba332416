// LinkTransport lets a host folder call the enclave's services through generated stubs, blocking.
// Never use it on a thread of the link.
#pragma once

#include "core/base/clock.h"
#include "core/wire/service.h"
#include "host/link/enclave_link.h"

namespace nsl::host::link {

class LinkTransport final : public wire::Transport {
 public:
  LinkTransport(EnclaveLink& link, const Clock& clock) : link_(link), clock_(clock) {}

  // An error of the enclave comes back with its own code.
  Result<std::string> call(std::string_view service, std::string_view method, std::string payload,
                           const Deadline& deadline) override;

 private:
  EnclaveLink& link_;
  const Clock& clock_;
};

}  // namespace nsl::host::link
