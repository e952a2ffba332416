// Sources: the nodes, asked one after the other until one shows what holds. Since nothing a node
// shows is believed, one honest node is enough.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/assert.h"
#include "enclave/chain/evidence_source.h"

namespace nsl::enclave::light_client {

class Sources {
 public:
  explicit Sources(std::vector<std::unique_ptr<chain::EvidenceSource>> nodes)
      : nodes_(std::move(nodes)) {
    NSL_ASSERT(!nodes_.empty());
  }

  // `ask` asks a node, checks what it shows and returns a Result<Answer>. Fails with an error that
  // may pass when there is one among the nodes' errors.
  template <class Answer, class Ask>
  Result<Answer> ask(const Ask& ask) const {
    std::optional<Error> error;
    const std::size_t first = preferred_;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const std::size_t node = (first + i) % nodes_.size();
      Result<Answer> answer = ask(*nodes_[node]);
      if (answer.has_value()) {
        preferred_ = node;
        return answer;
      }
      const bool may_pass = code_is_retryable(answer.error().code());
      if (!error.has_value() || (may_pass && !code_is_retryable(error->code()))) {
        error = answer.error();
      }
    }
    return fail(*std::move(error));
  }

 private:
  const std::vector<std::unique_ptr<chain::EvidenceSource>> nodes_;
  // The node that answered last.
  mutable std::atomic<std::size_t> preferred_ = 0;
};

}  // namespace nsl::enclave::light_client
