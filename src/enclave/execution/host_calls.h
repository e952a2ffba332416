// HostCalls answers what one run asks for. Every call is checked against what the run's function
// was granted, counted, and hashed for the receipt. One object serves one run on one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/receipt/receipt.h"
#include "enclave/chain/chain.h"
#include "enclave/execution/chain_calls.h"
#include "enclave/execution/run_log.h"
#include "enclave/execution/runner_process.h"
#include "enclave/json/json_arguments.h"
#include "enclave/outcall/http.h"
#include "enclave/secrets/secret_reader.h"
#include "enclave/transactions/effects.h"
#include "enclave/vault/vault.h"
#include "enclave/wallets/wallet_book.h"
#include "nsl/v1/function.pb.h"
#include "nsl/v1/run.pb.h"

namespace nsl::enclave::execution {

// Whose run this is and what it may do.
struct RunContext {
  std::string account;
  std::string run_id;
  std::string function_id;
  // The exact version's content.
  nsl::v1::PutFunctionRequest function;
  // Whether its owner wants it ended.
  std::function<bool()> is_cancelled = [] { return false; };
  // Waits, looking now and then whether to go on; a test's clock is moved instead. Empty: waits.
  std::function<void(std::int64_t milliseconds)> pause = {};
  // Gets each line that is kept; empty: nobody.
  std::function<void(const nsl::v1::RunLogs::Line&)> on_log = {};
};

class HostCalls final : public RunHandler {
 public:
  struct Parts {
    vault::Vault& vault;
    const secrets::SecretReader& secrets;
    const wallets::WalletBook& wallets;
    outcall::HttpExchanger& http;
    chain::Chain& chain;
    chain_access::ChainAccess& chain_access;
    chain_access::TokenBalanceReader& balances;
    transactions::Effects& effects;
    const Clock& clock;
    Random& random;
  };

  HostCalls(const RunContext& context, Parts parts, const Deadline& deadline);

  Result<std::string> host_call(std::uint32_t index, std::string_view method,
                                const std::string& arguments) override;
  WallTime time() const override { return time_; }
  void log_line(runner::v1::LogLine::Level level, const std::string& text) override;
  bool is_cancelled() const override { return context_.is_cancelled(); }

  // What the run did, for its record and its receipt.
  struct Trace {
    nsl::v1::RunLogs logs;
    std::vector<receipt::HostCall> host_calls;
    std::vector<receipt::HttpExchange> http;
    std::vector<receipt::SecretUse> secrets;
    std::vector<receipt::ChainRead> chain;
    // Call indices of the effects that exist, whether or not their sending succeeded.
    std::vector<std::uint32_t> effects;
    // What the run heard, as far as it is kept.
    stored::RunJournalRecord journal;
    std::vector<stored::IntentRecord> intents;
    // Whether any call was refused or failed.
    bool has_failed_call = false;
    // A repeated run asked for another effect: the run must fail whatever it returns.
    bool has_effect_conflict = false;
  };
  Trace take_trace();

 private:
  using Method = Result<std::string> (HostCalls::*)(std::uint32_t index, const json::JsonArguments&,
                                                    const std::string& arguments);
  static const std::map<std::string_view, Method>& methods();

  Result<std::string> answer(std::uint32_t index, std::string_view method,
                             const std::string& arguments);
  Result<std::string> get_secret(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> get_value(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> set_value(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> fetch(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> sign(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> invoke(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> transfer(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<transactions::EffectSource> effect_source(std::uint32_t index, const json::JsonArguments&,
                                                   const std::string& text);
  Result<std::string> note_effect(std::uint32_t index, Result<stored::IntentRecord> intent);
  Result<std::string> block_height(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> call_contract(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> now(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> sleep(std::uint32_t, const json::JsonArguments&, const std::string&);
  Result<std::string> random_bytes(std::uint32_t, const json::JsonArguments&, const std::string&);
  using ChainCall = Result<ChainReply> (ChainCalls::*)(const json::JsonArguments&, const Deadline&);
  // A call that the table of methods names by its ChainCall.
  template <ChainCall kCall>
  Result<std::string> read_chain(std::uint32_t, const json::JsonArguments& arguments,
                                 const std::string&);
  void note_chain_read(neo::BlockIndex height);
  void note_in_journal(std::string_view method, const receipt::HostCall& call,
                       const Result<std::string>& reply);

  const RunContext& context_;
  Parts parts_;
  const Deadline& deadline_;
  Trace trace_;
  WallTime time_;
  std::size_t journal_bytes_ = 0;
  RunLog log_;
  std::int64_t http_calls_ = 0;
  std::int64_t effect_calls_ = 0;
  ChainCalls chain_calls_;
  // Values of secrets this run has read: a request that carries one never follows a redirect.
  std::vector<SecretBytes> secret_values_;
};

}  // namespace nsl::enclave::execution
