#include "enclave/execution/run_receipt.h"

#include <algorithm>

#include "core/crypto/hash.h"

namespace nsl::enclave::execution {

Result<Bytes> ReceiptMaker::make(const FinishedRun& finished) const {
  const nsl::v1::Run& run = finished.run;
  receipt::Receipt receipt;
  receipt.run = run.id();
  receipt.account = finished.account;
  receipt.function = run.function();
  receipt.function_version = run.version();
  const std::string& digest = finished.version.digest();
  std::copy_n(as_bytes(digest).begin(), std::min(digest.size(), receipt.function_digest.size()),
              receipt.function_digest.begin());
  receipt.trigger = run.trigger();
  if (run.has_event()) {
    const nsl::v1::RunEvent& event = run.event();
    receipt.event = receipt::Event{.id = event.id(),
                                   .block = event.block(),
                                   .transaction = event.transaction(),
                                   .contract = event.contract(),
                                   .event = event.event(),
                                   .proof = event.proof()};
  }
  receipt.status = nsl::v1::Run::Status_Name(run.status());
  receipt.input_hash = crypto::sha256(as_bytes(run.input()));
  receipt.output_hash = crypto::sha256(as_bytes(run.output()));
  receipt.host_calls = finished.trace.host_calls;
  receipt.http = finished.trace.http;
  receipt.secrets = finished.trace.secrets;
  receipt.chain = finished.trace.chain;
  for (const nsl::v1::RunTransaction& transaction : run.transactions()) {
    receipt.transactions.push_back(transaction.hash());
  }
  receipt.layers = finished.layers;
  receipt.time = run.finished_at();
  const keys::StateHead head = vault_.head();
  receipt.counter = head.counter;
  receipt.head = head.head;
  receipt.mode = std::string(attestation::to_text(attester_.mode()));
  NSL_TRY(attest::Evidence evidence, attester_.evidence());
  receipt.attestation = std::move(evidence.document);
  receipt.binding = std::move(evidence.binding);
  return receipt::sign(receipt, keys_.receipt);
}

}  // namespace nsl::enclave::execution
