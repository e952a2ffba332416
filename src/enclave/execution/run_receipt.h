// The receipt of a finished run: what went in, what came out, and what was touched in between,
// signed by this boot's receipt key.
#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "enclave/attest/attester.h"
#include "enclave/execution/host_calls.h"
#include "enclave/keys/live_keys.h"
#include "enclave/vault/vault.h"

namespace nsl::enclave::execution {

struct FinishedRun {
  const std::string& account;
  const nsl::v1::Run& run;
  const stored::FunctionVersionRecord& version;
  const HostCalls::Trace& trace;
  std::vector<std::string> layers;
};

class ReceiptMaker {
 public:
  ReceiptMaker(attest::Attester& attester, const keys::LiveKeys& keys, const vault::Vault& vault)
      : attester_(attester), keys_(keys), vault_(vault) {}

  // A COSE_Sign1 (docs/wire.md).
  Result<Bytes> make(const FinishedRun& finished) const;

 private:
  attest::Attester& attester_;
  const keys::LiveKeys& keys_;
  const vault::Vault& vault_;
};

}  // namespace nsl::enclave::execution
