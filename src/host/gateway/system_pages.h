// The pages that are no operations: /livez, /readyz, /metrics and /openapi.json.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "host/gateway/http_message.h"
#include "host/link/enclave_link.h"
#include "host/telemetry/metrics.h"

namespace nsl::host::gateway {

class SystemPages final {
 public:
  // Asked by /readyz; an empty one finds nothing wrong.
  struct Checks {
    std::function<bool()> is_store_healthy;
    std::function<std::optional<Code>()> chain_trouble;
  };

  SystemPages(std::string openapi, const link::EnclaveLink& link, Checks checks,
              const telemetry::Metrics& metrics);

  // Nothing for a path that is none of them.
  std::optional<HttpReply> answer(std::string_view path) const;
  // From now on /readyz says no.
  void set_draining() { is_draining_ = true; }

 private:
  HttpReply readiness() const;

  const std::shared_ptr<const std::string> openapi_;
  const link::EnclaveLink& link_;
  const Checks checks_;
  const telemetry::Metrics& metrics_;
  std::atomic<bool> is_draining_ = false;
};

}  // namespace nsl::host::gateway
