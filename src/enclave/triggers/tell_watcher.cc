#include "enclave/triggers/tell_watcher.h"

#include "core/base/log.h"
#include "nsl/internal/v1/work.service.h"

namespace nsl::enclave::triggers {

void tell_watcher(wire::Transport& host, const Deadline& deadline) {
  const internal::v1::WatchServiceStub watcher(host);
  const auto told = watcher.refresh({}, deadline);
  if (!told.has_value()) log_failure("triggers", "The watcher was not told", told.error());
}

}  // namespace nsl::enclave::triggers
