// Replayer runs a finished run again: the same version of the function, the same input, time and
// randomness, and every host call answered from what the run heard then. Nothing outside is
// touched. It tells the first thing that is different, so that a result can be shown to follow from
// its inputs.
#pragma once

#include <string>

#include "core/base/limits.h"
#include "enclave/execution/runner_process.h"
#include "enclave/functions/function_book.h"
#include "enclave/jobs/under_way.h"
#include "enclave/runs/run_service.h"
#include "enclave/secrets/secret_reader.h"

namespace nsl::enclave::execution {

class Replayer final : public runs::RunReplayer {
 public:
  struct Parts {
    const runs::RunBook& book;
    vault::Vault& vault;
    const Runners& runners;
    // A journal holds no secret: its function must still be allowed to read it, in that version.
    const secrets::SecretReader& secrets;
  };
  explicit Replayer(Parts parts) : parts_(parts), functions_(parts.vault) {}

  Result<nsl::v1::RunReplay> replay(const std::string& account, const std::string& run_id,
                                    const Deadline& deadline) override;

 private:
  Parts parts_;
  functions::FunctionBook functions_;
  // One at a time of an account: its next runs come first.
  jobs::UnderWay under_way_{{.all = limits::kRunsOfAccountMax, .of_one_account = 1}};
};

}  // namespace nsl::enclave::execution
