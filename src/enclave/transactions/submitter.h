// Submitter is the one way onto the chain, for functions and for the API. An intent becomes at most
// one transaction in a block:
//  - its signed bytes are stored before any node sees them, so whoever repeats it after a crash
//    finds them and sends those;
//  - another attempt conflicts with every attempt before it, so a block holds at most one of them;
//  - it is given up only at a height at which none of them can be in a block any more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "enclave/chain/chain.h"
#include "enclave/transactions/chain_view.h"
#include "enclave/transactions/follower.h"
#include "enclave/transactions/intent.h"
#include "enclave/transactions/lane_book.h"
#include "enclave/transactions/transaction_builder.h"
#include "enclave/wallets/wallet_book.h"

namespace nsl::enclave::transactions {

// The first word of the jobs that look at a wallet's intents.
inline constexpr std::string_view kWalletJobWord = "wallet";

// Names the wallet whose intents the host's queue wants looked at.
struct WalletJob {
  std::string account;
  std::string wallet_id;

  std::string to_text() const;
  // Nothing when the text is another kind of job.
  static std::optional<WalletJob> find(const std::string& text);
};

struct WalletJobOutcome {
  bool is_done = true;
  std::int64_t retry_after_ms = 0;
};

// What to do when the wallet's GAS does not cover a transaction beside those under way.
enum class Shortage : std::uint8_t {
  // Nothing is signed.
  refuse,
  // Signed and sent until it is taken or expires.
  wait,
};

struct Submission {
  stored::IntentRecord intent;
  // Why no node has taken it yet. It is followed and sent again all the same.
  std::optional<Error> refusal;
};

class Submitter {
 public:
  struct Parts {
    vault::Vault& vault;
    const wallets::WalletBook& wallets;
    chain::Chain& chain;
    const Clock& clock;
    Random& random;
  };
  explicit Submitter(Parts parts);

  // The intent of that key when there is one; Code::run_effect_conflict when it asked for something
  // else.
  Result<std::optional<Submission>> resume(const IntentKey& key, const std::string& arguments_text,
                                           const Deadline& deadline);
  // Signs, stores and sends; in order, only stores when others are before it.
  Result<Submission> submit(const Draft& draft, Shortage shortage, const Deadline& deadline);
  // The draft's transaction with its fees, for others to sign.
  Result<neo::Transaction> prepare(const Draft& draft, const Deadline& deadline);
  // Stores and sends a transaction whose witnesses others made. It is never replaced by another,
  // and is sent again until a block holds it or it expires. The draft's arguments_text, key, wallet
  // and `spends` count.
  Result<Submission> submit_signed(const Draft& draft, const neo::Transaction& transaction,
                                   const Deadline& deadline);
  // Looks at the chain and gives the intent as it is then. Code::transaction_not_found.
  Result<stored::IntentRecord> follow(const IntentKey& key, const Deadline& deadline);
  // Without looking at the chain. Code::transaction_not_found.
  Result<stored::IntentRecord> get(const IntentKey& key, const Deadline& deadline);
  // Id and intent. Reads every intent of the account.
  Result<std::vector<std::pair<std::string, stored::IntentRecord>>> list(
      const std::string& account, const Deadline& deadline) const;
  // One round for a wallet's undecided intents.
  Result<WalletJobOutcome> carry_out(const WalletJob& job, const Deadline& deadline);

 private:
  Result<Submission> submit_now(WalletState& wallet, const Draft& draft, Shortage shortage,
                                const Deadline& deadline);
  Result<Submission> store_and_send(WalletState& wallet, const Draft& draft,
                                    stored::IntentRecord intent, Shortage shortage,
                                    const Deadline& deadline);
  Result<Submission> submit_in_order(WalletState& wallet, const Draft& draft,
                                     const Deadline& deadline);
  Result<void> admit(WalletState& wallet, const Draft& draft, const Pending& pending,
                     Shortage shortage, const Deadline& deadline);
  Result<void> store(WalletState& wallet, const IntentKey& key, const stored::IntentRecord& intent,
                     const Deadline& deadline);
  Result<Submission> first_one(const Draft& draft, Error error, const Deadline& deadline);
  // What the lane knows and the record does not: that a node has taken it.
  Result<stored::IntentRecord> present(const IntentKey& key, stored::IntentRecord intent,
                                       const Deadline& deadline);

  Parts parts_;
  ChainView view_;
  LaneBook lanes_;
  TransactionBuilder builder_;
  Follower follower_;
};

}  // namespace nsl::enclave::transactions
