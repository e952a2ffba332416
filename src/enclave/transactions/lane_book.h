// LaneBook has the lane of every wallet that sends, loaded from the vault when it is first asked
// for.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/result.h"
#include "enclave/chain/chain.h"
#include "enclave/transactions/chain_view.h"
#include "enclave/transactions/intent.h"
#include "enclave/transactions/wallet_lane.h"

namespace nsl::enclave::transactions {

// One wallet's undecided intents and what is known of the chain for them.
struct WalletState {
  WalletState(std::string account_id, std::string wallet)
      : account(std::move(account_id)), wallet_id(std::move(wallet)) {}

  const std::string account;
  const std::string wallet_id;
  WalletLane lane;

  struct Balance {
    neo::BlockIndex height;
    neo::GasAmount amount;
  };
  Mutex mutex;
  bool is_loaded NSL_GUARDED_BY(mutex) = false;
  // Every block up to this one has been looked through; 0: none, so each intent is asked for.
  neo::BlockIndex seen NSL_GUARDED_BY(mutex);
  std::optional<Balance> balance NSL_GUARDED_BY(mutex);
};

// The lane's entry for a record.
Result<Pending> pending_of(const std::string& id, const stored::IntentRecord& intent);

class LaneBook {
 public:
  LaneBook(vault::Vault& vault, chain::Chain& chain, ChainView& view)
      : vault_(vault), chain_(chain), view_(view) {}

  // Borrowed for the life of the book. Reads every intent of the account the first time.
  Result<WalletState*> get(const std::string& account, const std::string& wallet_id,
                           const Deadline& deadline) NSL_EXCLUDES(mutex_);
  // The GAS of the wallet's account as of the newest block; read once a block.
  Result<neo::GasAmount> balance_of(WalletState& wallet, const neo::UInt160& account,
                                    const Deadline& deadline);

 private:
  Result<void> load(WalletState& wallet, neo::BlockIndex height, const Deadline& deadline) const
      NSL_REQUIRES(wallet.mutex);

  vault::Vault& vault_;
  chain::Chain& chain_;
  ChainView& view_;
  Mutex mutex_;
  // LIMIT: one for each wallet that has sent since the start; limits::kRecordsMax bounds wallets.
  std::map<std::pair<std::string, std::string>, std::unique_ptr<WalletState>> wallets_
      NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::transactions
