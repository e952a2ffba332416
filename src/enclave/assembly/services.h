// Services: the object graph of a running enclave. Members stand in the order they are built; each
// uses only those above it.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "enclave/accounts/account_service.h"
#include "enclave/assembly/options.h"
#include "enclave/attest/attestation_service.h"
#include "enclave/attest/security_module.h"
#include "enclave/audit/audit_log.h"
#include "enclave/chain/connection_pool.h"
#include "enclave/chain/quorum_chain.h"
#include "enclave/chain_access/chain_service.h"
#include "enclave/events/event_service.h"
#include "enclave/execution/replayer.h"
#include "enclave/execution/run_engine.h"
#include "enclave/execution/source_compiler.h"
#include "enclave/functions/function_service.h"
#include "enclave/hooks/hook_service.h"
#include "enclave/identity/challenge.h"
#include "enclave/keys/key_tree.h"
#include "enclave/keys/live_keys.h"
#include "enclave/keys/unlocker.h"
#include "enclave/light_client/follower.h"
#include "enclave/light_client/light_client.h"
#include "enclave/outcall/http_client.h"
#include "enclave/proposals/proposal_service.h"
#include "enclave/router/router.h"
#include "enclave/runs/run_service.h"
#include "enclave/secrets/secret_service.h"
#include "enclave/transactions/effects.h"
#include "enclave/transactions/transaction_service.h"
#include "enclave/triggers/backfiller.h"
#include "enclave/triggers/trigger_service.h"
#include "enclave/wallets/wallet_service.h"
#include "enclave/webhooks/deliverer.h"
#include "enclave/webhooks/webhook_service.h"
#include "enclave/work/wallet_jobs.h"
#include "enclave/work/work_service.h"

namespace nsl::enclave::assembly {

// What a program brings: everything that differs between development and production, and what
// outlives the services.
struct Surroundings {
  keys::Unlocker& unlocker;
  attest::SecurityModule& module;
  wire::Transport& host;
  const execution::Runners& runners;
  outcall::HttpParts http;
  const Clock& clock;
  Random& random;
};

class Services {
 public:
  // Opens the vault and asks the nodes; needs the host.
  static Result<std::unique_ptr<Services>> start(const Options& options,
                                                 const Surroundings& surroundings,
                                                 const Deadline& deadline);

  server::RequestHandler& handler() { return router_; }

 private:
  struct Opened {
    std::unique_ptr<keys::KeyTree> keys;
    std::unique_ptr<vault::Vault> vault;
    // The connections to each of the chain's nodes.
    std::vector<std::unique_ptr<chain::ConnectionPool>> chain_http;
    std::unique_ptr<chain::QuorumChain> chain;
    std::unique_ptr<light_client::LightClient> light_client;
  };
  Services(Opened opened, const Options& options, const Surroundings& with);

  using Call = router::Call;

  const Opened opened_;
  keys::LiveKeys live_keys_;
  attest::Attester attester_;
  session::Session session_;

  identity::TokenAuthority tokens_;
  identity::Identity identity_;
  identity::ChallengeBook challenges_;
  audit::AuditLog audit_;
  router::IdempotencyBook idempotency_;

  wallets::WalletBook wallets_;
  secrets::SecretReader secret_reader_;
  outcall::HttpClient http_;
  transactions::Submitter submitter_;
  transactions::TokenReader token_reader_;
  transactions::Effects effects_;
  chain_access::ChainAccess chain_access_;
  chain_access::TokenBalanceReader balances_;
  execution::ReceiptMaker receipts_;
  runs::RunBook runs_;
  runs::RunFeed run_feed_;
  execution::RunEngine engine_;
  execution::Replayer replayer_;
  triggers::SubscriptionIndex subscriptions_;
  events::EventBook event_book_;
  triggers::EventIntake intake_;
  triggers::BlockIntake block_intake_;
  triggers::Backfiller backfiller_;
  webhooks::Deliverer deliverer_;
  work::WalletJobs wallet_jobs_;
  proposals::ProposalBook proposal_book_;
  proposals::ProposalSender proposal_sender_;

  attest::AttestationService<Call> attestation_service_;
  accounts::AccountService account_service_;
  secrets::SecretService secret_service_;
  wallets::WalletService wallet_service_;
  transactions::TransactionService transaction_service_;
  proposals::ProposalService proposal_service_;
  execution::SourceCompiler source_compiler_;
  chain_access::ChainService chain_service_;
  functions::FunctionService function_service_;
  runs::RunService run_service_;
  triggers::TriggerService trigger_service_;
  events::EventService event_service_;
  webhooks::WebhookService webhook_service_;
  hooks::HookService hook_service_;
  work::WorkService work_service_;

  router::Router router_;
  light_client::Follower follower_;
};

}  // namespace nsl::enclave::assembly
