#include "enclave/assembly/services.h"

#include "enclave/chain/rpc_evidence.h"
#include "enclave/outcall/url.h"
#include "enclave/server/request_handler.h"

namespace nsl::enclave::assembly {
namespace {

// A client for each node, over the node's pool.
Result<std::vector<std::unique_ptr<chain::RpcClient>>> make_nodes(
    const Options& options, const std::vector<std::unique_ptr<chain::ConnectionPool>>& pools) {
  std::vector<std::unique_ptr<chain::RpcClient>> nodes;
  for (std::size_t i = 0; i < options.chain_urls.size(); ++i) {
    const std::string& text = options.chain_urls[i];
    NSL_TRY(const outcall::Url url, outcall::parse_url(text));
    outcall::EgressPolicy policy;
    policy.allowed_hosts = {url.host + ":" + std::to_string(url.port)};
    policy.plain_http = options.plain_chain_http;
    policy.redirects = outcall::RedirectRule::refuse;
    policy.request_bytes_max = limits::kFrameBytesMax;
    policy.reply_bytes_max = limits::kChainReplyBytesMax;
    nodes.push_back(std::make_unique<chain::RpcClient>(text, std::move(policy), *pools[i]));
  }
  return nodes;
}

Result<std::vector<std::unique_ptr<chain::EvidenceSource>>> make_sources(
    const Options& options, const std::vector<std::unique_ptr<chain::ConnectionPool>>& pools) {
  NSL_TRY(auto nodes, make_nodes(options, pools));
  std::vector<std::unique_ptr<chain::EvidenceSource>> sources;
  for (auto& node : nodes) sources.push_back(std::make_unique<chain::RpcEvidence>(std::move(node)));
  return sources;
}

}  // namespace

Result<std::unique_ptr<Services>> Services::start(const Options& options, const Surroundings& with,
                                                  const Deadline& deadline) {
  Opened opened;
  NSL_TRY(Secret<32> root_seed, with.unlocker.unlock());
  opened.keys = std::make_unique<keys::KeyTree>(std::move(root_seed), keys::Epoch(1));
  NSL_TRY(opened.vault, vault::Vault::open({.transport = with.host,
                                            .keys = *opened.keys,
                                            .unlocker = with.unlocker,
                                            .random = with.random,
                                            .clock = with.clock},
                                           deadline));
  for (std::size_t i = 0; i < options.chain_urls.size(); ++i) {
    opened.chain_http.push_back(std::make_unique<chain::ConnectionPool>(with.http));
  }
  NSL_TRY(auto nodes, make_nodes(options, opened.chain_http));
  NSL_TRY(opened.chain, chain::QuorumChain::connect(std::move(nodes), options.chain_quorum,
                                                    options.network, with.clock, deadline));
  NSL_TRY(auto sources, make_sources(options, opened.chain_http));
  NSL_TRY(opened.light_client,
          light_client::LightClient::open({.vault = *opened.vault,
                                           .nodes = std::move(sources),
                                           .magic = opened.chain->network().magic},
                                          options.trust, deadline));
  std::unique_ptr<Services> services(new Services(std::move(opened), options, with));
  NSL_TRY_VOID(services->subscriptions_.load(*services->opened_.vault, deadline));
  return services;
}

Services::Services(Opened opened, const Options& options, const Surroundings& with)
    : opened_(std::move(opened)),
      live_keys_(keys::make_live_keys(with.random)),
      attester_({.module = with.module,
                 .keys = live_keys_,
                 .clock = with.clock,
                 .state = opened_.vault->head(),
                 .version = options.version}),
      session_(live_keys_.sealing.duplicate(), attester_.binding_digest(), with.clock),
      tokens_(opened_.keys->token_key(), with.clock),
      identity_(tokens_, *opened_.vault),
      challenges_(options.domain, opened_.chain->network().magic.value(), with.clock, with.random),
      audit_(*opened_.vault, with.clock),
      idempotency_(*opened_.vault, with.clock, with.random),
      wallets_(*opened_.vault, *opened_.keys),
      secret_reader_(*opened_.vault),
      http_(with.http),
      submitter_({.vault = *opened_.vault,
                  .wallets = wallets_,
                  .chain = *opened_.chain,
                  .clock = with.clock,
                  .random = with.random}),
      token_reader_(*opened_.chain),
      effects_({.wallets = wallets_, .tokens = token_reader_, .submitter = submitter_}),
      chain_access_(*opened_.chain, *opened_.light_client),
      balances_(chain_access_, token_reader_),
      receipts_(attester_, live_keys_, *opened_.vault),
      runs_(*opened_.vault),
      engine_({.book = runs_,
               .runners = with.runners,
               .receipts = receipts_,
               .host_calls = {.vault = *opened_.vault,
                              .secrets = secret_reader_,
                              .wallets = wallets_,
                              .http = http_,
                              .chain = *opened_.chain,
                              .chain_access = chain_access_,
                              .balances = balances_,
                              .effects = effects_,
                              .clock = with.clock,
                              .random = with.random},
               .is_abandoned = server::is_request_abandoned,
               .feed = &run_feed_}),
      replayer_({.book = runs_,
                 .vault = *opened_.vault,
                 .runners = with.runners,
                 .secrets = secret_reader_}),
      event_book_({.vault = *opened_.vault,
                   .network = opened_.chain->network().magic,
                   .clock = with.clock,
                   .random = with.random}),
      intake_({.vault = *opened_.vault,
               .chain = *opened_.chain,
               .proofs = *opened_.light_client,
               .index = subscriptions_,
               .subscriptions = event_book_,
               .clock = with.clock,
               .random = with.random}),
      block_intake_({.vault = *opened_.vault,
                     .access = chain_access_,
                     .index = subscriptions_,
                     .intake = intake_}),
      backfiller_({.vault = *opened_.vault,
                   .chain = *opened_.chain,
                   .intake = intake_,
                   .blocks = block_intake_,
                   .clock = with.clock}),
      deliverer_(
          {.vault = *opened_.vault, .http = http_, .clock = with.clock, .random = with.random}),
      wallet_jobs_(submitter_),
      proposal_book_({.vault = *opened_.vault,
                      .wallets = wallets_,
                      .chain = *opened_.chain,
                      .submitter = submitter_}),
      proposal_sender_({.book = proposal_book_, .submitter = submitter_, .chain = *opened_.chain}),
      attestation_service_(attester_),
      account_service_({.vault = *opened_.vault,
                        .challenges = challenges_,
                        .tokens = tokens_,
                        .identity = identity_}),
      secret_service_(*opened_.vault),
      wallet_service_(*opened_.vault, wallets_),
      transaction_service_({.wallets = wallets_,
                            .submitter = submitter_,
                            .tokens = token_reader_,
                            .balances = balances_,
                            .chain = *opened_.chain}),
      proposal_service_({.wallets = wallets_,
                         .tokens = token_reader_,
                         .submitter = submitter_,
                         .chain = *opened_.chain,
                         .book = proposal_book_,
                         .sender = proposal_sender_}),
      source_compiler_(with.runners),
      chain_service_({.access = chain_access_, .balances = balances_, .wallets = wallets_}),
      function_service_(*opened_.vault, runs_, source_compiler_),
      run_service_({.book = runs_,
                    .feed = run_feed_,
                    .replayer = replayer_,
                    .clock = with.clock,
                    .is_abandoned = server::is_request_abandoned}),
      trigger_service_({.vault = *opened_.vault,
                        .chain = *opened_.chain,
                        .access = chain_access_,
                        .proofs = *opened_.light_client,
                        .index = subscriptions_,
                        .host = with.host,
                        .clock = with.clock}),
      event_service_({.vault = *opened_.vault,
                      .chain = *opened_.chain,
                      .index = subscriptions_,
                      .book = event_book_,
                      .host = with.host}),
      webhook_service_(*opened_.vault),
      hook_service_({.vault = *opened_.vault, .runs = runs_, .clock = with.clock}),
      work_service_({{runs::Job::kExecute, engine_},
                     {runs::Job::kFollow, engine_},
                     {transactions::kWalletJobWord, wallet_jobs_},
                     {proposals::kProposalJobWord, proposal_sender_},
                     {triggers::Backfiller::kWord, backfiller_},
                     {webhooks::kJobWord, deliverer_}},
                    intake_, block_intake_, subscriptions_),
      router_({&attestation_service_, &account_service_, &secret_service_, &wallet_service_,
               &transaction_service_, &proposal_service_, &chain_service_, &function_service_,
               &run_service_, &trigger_service_, &event_service_, &webhook_service_, &hook_service_,
               &work_service_},
              {.session = session_,
               .identity = identity_,
               .vault = *opened_.vault,
               .audit = audit_,
               .idempotency = idempotency_,
               .clock = with.clock,
               .random = with.random}),
      follower_(*opened_.light_client, with.clock) {}

}  // namespace nsl::enclave::assembly
