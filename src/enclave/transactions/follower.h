// Follower carries a wallet's undecided intents to their end: a block that holds one, or the height
// after which none can. It reads each new block once for all of them, sends again what no block
// holds, replaces what waits too long, and signs what was waiting for its turn.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/chain/chain.h"
#include "enclave/transactions/lane_book.h"
#include "enclave/transactions/transaction_builder.h"

namespace nsl::enclave::transactions {

class Follower {
 public:
  struct Parts {
    vault::Vault& vault;
    chain::Chain& chain;
    ChainView& view;
    LaneBook& lanes;
    TransactionBuilder& builder;
    const Clock& clock;
  };
  explicit Follower(Parts parts) : parts_(parts) {}

  // Looks at the chain once. When another thread is looking, it looks once more instead.
  Result<void> look(WalletState& wallet, const Deadline& deadline);
  // The same, and waits until whoever looks has seen what there is to see now.
  Result<void> look_to_end(WalletState& wallet, const Deadline& deadline);
  // Gives the newest attempt to the nodes; a refusal is not the end.
  Result<void> send(WalletState& wallet, const std::string& id, const stored::IntentRecord& intent,
                    const Deadline& deadline);

 private:
  enum class Missing : std::uint8_t { is_open, is_expired };

  Result<void> look_once(WalletState& wallet, const Deadline& deadline);
  // The last block up to which every transaction of the wallet has been found and settled.
  Result<neo::BlockIndex> read_blocks(WalletState& wallet, neo::BlockIndex height,
                                      const Deadline& deadline);
  // False: not every one of them has an end yet. With Missing::is_expired the absence of a
  // transaction is an end.
  Result<bool> settle(WalletState& wallet, const std::vector<std::string>& ids, Missing missing,
                      const Deadline& deadline);
  Result<bool> find_end(stored::IntentRecord& intent, Missing missing, const Deadline& deadline);
  // Nothing when there is no such record or it is decided: the lane forgets it then.
  Result<std::optional<IntentRecord>> undecided(WalletState& wallet, const std::string& id,
                                                const Deadline& deadline);
  Result<void> start_next(WalletState& wallet, const Deadline& deadline);
  // Whether the next in line may have a turn now.
  Result<bool> start(WalletState& wallet, const std::string& id, const Deadline& deadline);
  Result<void> store_start(WalletState& wallet, const std::string& id, const IntentRecord& record,
                           const Deadline& deadline);
  Result<void> resend(WalletState& wallet, neo::BlockIndex height, const Deadline& deadline);
  Result<void> replace(WalletState& wallet, neo::BlockIndex height, const Deadline& deadline);

  Parts parts_;
};

}  // namespace nsl::enclave::transactions
