// The operations on functions. CreateRun queues a run and, when asked, waits for its end.
#pragma once

#include "enclave/functions/function_aliases.h"
#include "enclave/functions/function_book.h"
#include "enclave/functions/source_checker.h"
#include "enclave/router/call.h"
#include "enclave/runs/run_book.h"
#include "nsl/v1/function.service.h"

namespace nsl::enclave::functions {

class FunctionService final : public nsl::v1::FunctionServiceInterface<router::Call> {
 public:
  FunctionService(vault::Vault& vault, runs::RunBook& runs, SourceChecker& checker)
      : vault_(vault), book_(vault), aliases_(vault), runs_(runs), checker_(checker) {}

  Result<nsl::v1::Function> put(const router::Call& call,
                                const nsl::v1::PutFunctionRequest& request) override;
  Result<nsl::v1::FunctionList> list(const router::Call& call,
                                     const nsl::v1::ListFunctionsRequest& request) override;
  Result<nsl::v1::Function> get(const router::Call& call,
                                const nsl::v1::GetFunctionRequest& request) override;
  Result<nsl::v1::FunctionVersion> get_content(
      const router::Call& call, const nsl::v1::GetFunctionVersionRequest& request) override;
  Result<nsl::v1::FunctionVersionList> list_versions(
      const router::Call& call, const nsl::v1::ListFunctionVersionsRequest& request) override;
  Result<nsl::v1::Function> rollback(const router::Call& call,
                                     const nsl::v1::RollbackFunctionRequest& request) override;
  Result<nsl::v1::FunctionAlias> put_alias(
      const router::Call& call, const nsl::v1::PutFunctionAliasRequest& request) override;
  Result<nsl::v1::FunctionAliasList> list_aliases(
      const router::Call& call, const nsl::v1::ListFunctionAliasesRequest& request) override;
  Result<nsl::v1::Empty> delete_alias(const router::Call& call,
                                      const nsl::v1::DeleteFunctionAliasRequest& request) override;
  Result<nsl::v1::FunctionPolicy> put_policy(
      const router::Call& call, const nsl::v1::PutFunctionPolicyRequest& request) override;
  Result<nsl::v1::FunctionPolicy> get_policy(
      const router::Call& call, const nsl::v1::GetFunctionPolicyRequest& request) override;
  Result<nsl::v1::Empty> remove(const router::Call& call,
                                const nsl::v1::DeleteFunctionRequest& request) override;
  Result<nsl::v1::Run> create_run(const router::Call& call,
                                  const nsl::v1::CreateRunRequest& request) override;

 private:
  Result<void> check_room(const router::Call& call) const;
  // The version that a request for a run asks for.
  Result<std::uint32_t> version_of(const router::Call& call, const nsl::v1::Function& function,
                                   const nsl::v1::CreateRunRequest& request) const;

  vault::Vault& vault_;
  FunctionBook book_;
  FunctionAliases aliases_;
  runs::RunBook& runs_;
  SourceChecker& checker_;
};

}  // namespace nsl::enclave::functions
