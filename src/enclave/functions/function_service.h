// The operations on functions. CreateRun queues a run and, when asked, waits for its end.
#pragma once

#include "enclave/functions/function_book.h"
#include "enclave/router/call.h"
#include "enclave/runs/run_book.h"
#include "nsl/v1/function.service.h"

namespace nsl::enclave::functions {

class FunctionService final : public nsl::v1::FunctionServiceInterface<router::Call> {
 public:
  FunctionService(vault::Vault& vault, runs::RunBook& runs)
      : vault_(vault), book_(vault), runs_(runs) {}

  Result<nsl::v1::Function> put(const router::Call& call,
                                const nsl::v1::PutFunctionRequest& request) override;
  Result<nsl::v1::FunctionList> list(const router::Call& call,
                                     const nsl::v1::ListFunctionsRequest& request) override;
  Result<nsl::v1::Function> get(const router::Call& call,
                                const nsl::v1::GetFunctionRequest& request) override;
  Result<nsl::v1::FunctionVersion> get_content(
      const router::Call& call, const nsl::v1::GetFunctionVersionRequest& request) override;
  Result<nsl::v1::Empty> remove(const router::Call& call,
                                const nsl::v1::DeleteFunctionRequest& request) override;
  Result<nsl::v1::Run> create_run(const router::Call& call,
                                  const nsl::v1::CreateRunRequest& request) override;

 private:
  Result<void> check_room(const router::Call& call) const;

  vault::Vault& vault_;
  FunctionBook book_;
  runs::RunBook& runs_;
};

}  // namespace nsl::enclave::functions
