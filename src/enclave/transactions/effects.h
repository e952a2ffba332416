// Effects: transactions a run asks for. Each is an intent, keyed by (run, host call index), that is
// stored with its signed bytes before anything is sent. Whatever dies in between, a repetition
// finds the stored bytes and sends those: one intent is never two transactions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/neo/stack_item.h"
#include "core/neo/transaction.h"
#include "enclave/chain/chain.h"
#include "enclave/records/records.h"
#include "enclave/wallets/wallet_book.h"

namespace nsl::enclave::transactions {

using IntentRecord = records::Stored<stored::IntentRecord>;

struct InvocationRequest {
  std::string account;
  std::string run_id;
  std::string function;
  // Of the host call; counts from 0 in the order the function made its calls.
  std::uint32_t call_index = 0;
  // Id or name.
  std::string wallet;
  neo::UInt160 contract;
  std::string method;
  neo::StackItem::List arguments;
  // The call's exact arguments, whose hash the intent keeps.
  std::string arguments_json;
};

class Effects {
 public:
  struct Parts {
    vault::Vault& vault;
    const wallets::WalletBook& wallets;
    chain::Chain& chain;
    const Clock& clock;
    Random& random;
  };
  explicit Effects(Parts parts) : parts_(parts) {}

  // Signs and sends, within the grant; answers as soon as a node has taken the transaction.
  // Code::run_effect_conflict when the same call index asked for something else before.
  Result<stored::IntentRecord> invoke(const InvocationRequest& request, const Deadline& deadline);

  // Looks where a sent transaction is, sends it again when no node knows it, and stores what
  // changed. State SENT: not decided yet.
  Result<stored::IntentRecord> follow(const std::string& account, const std::string& run_id,
                                      std::uint32_t call_index, const Deadline& deadline);

  // The run's intents by call index, whichever attempt at the run stored them. Reads every intent
  // of the account, so it is for runs that were started over.
  Result<std::map<std::uint32_t, stored::IntentRecord>> list(const std::string& account,
                                                             const std::string& run_id,
                                                             const Deadline& deadline) const;

 private:
  struct Prepared {
    neo::Transaction transaction;
    std::string wallet_id;
  };

  Result<std::optional<IntentRecord>> find(const InvocationRequest& request,
                                           const Deadline& deadline) const;
  Result<Prepared> prepare(const InvocationRequest& request, const Deadline& deadline);
  Result<IntentRecord> sign_and_store(const InvocationRequest& request, Prepared prepared,
                                      const Deadline& deadline);
  Result<void> send(const stored::IntentRecord& intent, const Deadline& deadline);
  Result<bool> settle(stored::IntentRecord& intent, const Deadline& deadline);

  Parts parts_;
};

}  // namespace nsl::enclave::transactions
