// Effects: transactions a run asks for. Each is an intent, keyed by (run, host call index).
// Whatever dies in between, a repetition finds the stored bytes and sends those: one intent is
// never two transactions in a block.
#pragma once

#include <map>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/neo/stack_item.h"
#include "enclave/transactions/submitter.h"
#include "enclave/transactions/token_scripts.h"

namespace nsl::enclave::transactions {

// Which host call asks, of whose run.
struct EffectSource {
  std::string account;
  std::string run_id;
  std::string function;
  // Of the host call; counts from 0 in the order the function made its calls.
  std::uint32_t call_index = 0;
  // Id or name.
  std::string wallet;
  // The call's exact arguments, whose hash the intent keeps.
  std::string arguments_json;
};

struct InvocationRequest {
  EffectSource source;
  neo::UInt160 contract;
  std::string method;
  neo::StackItem::List arguments;
};

struct TransferRequest {
  EffectSource source;
  Payment payment;
};

class Effects {
 public:
  struct Parts {
    const wallets::WalletBook& wallets;
    TokenReader& tokens;
    Submitter& submitter;
  };
  explicit Effects(Parts parts) : parts_(parts) {}

  // Signs and sends, within the grant; answers as soon as a node has taken the transaction.
  // Code::run_effect_conflict when the same call index asked for something else before.
  Result<stored::IntentRecord> invoke(const InvocationRequest& request, const Deadline& deadline);
  // The grant must name the token's contract with the method "transfer".
  Result<stored::IntentRecord> transfer(const TransferRequest& request, const Deadline& deadline);

  // Where a transaction is now. State SENT: not decided yet.
  Result<stored::IntentRecord> follow(const std::string& account, const std::string& run_id,
                                      std::uint32_t call_index, const Deadline& deadline);

  // The run's intents by call index, whichever attempt at the run stored them. Reads every intent
  // of the account, so it is for runs that were started over.
  Result<std::map<std::uint32_t, stored::IntentRecord>> list(const std::string& account,
                                                             const std::string& run_id,
                                                             const Deadline& deadline) const;

 private:
  struct Granted {
    Draft draft;
    neo::UInt160 payer;
    nsl::v1::Grant grant;
  };

  Result<Granted> find_grant(const EffectSource& source, const Deadline& deadline) const;
  Result<stored::IntentRecord> submit(Granted granted, Bytes script, const Deadline& deadline);

  Parts parts_;
};

}  // namespace nsl::enclave::transactions
