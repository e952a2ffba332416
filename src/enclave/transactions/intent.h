// An intent is one transaction somebody asked for. Its record is stored before anything is sent and
// says at every moment what may still happen: QUEUED (nothing signed), SIGNED and SENT (undecided),
// and the ends HALT, FAULT, EXPIRED and FAILED, which never change again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/neo/amount.h"
#include "core/neo/hash.h"
#include "core/neo/transaction.h"
#include "enclave/records/records.h"

namespace nsl::enclave::transactions {

using IntentRecord = records::Stored<stored::IntentRecord>;

struct IntentKey {
  std::string account;
  std::string id;
};

// Of the effect a run's host call asks for.
std::string run_intent_id(const std::string& run_id, std::uint32_t call_index);
vault::RecordKey record_key(const IntentKey& key);
// What happened to it will not change any more.
bool is_decided(stored::IntentRecord::State state);
// Hashes of every attempt that may be in a block, the newest first.
Result<std::vector<neo::UInt256>> attempt_hashes(const stored::IntentRecord& intent);
// Writes a signed transaction into the record as its newest attempt, behind those there are.
void set_attempt(stored::IntentRecord& intent, const neo::Transaction& transaction,
                 neo::BlockIndex signed_at);

// What to sign, before there are fees.
struct Draft {
  IntentKey key;
  std::string wallet_id;
  // Ids of the wallets that sign, in the signers' order; the first pays.
  std::vector<std::string> signer_wallets;
  // Script and signers; the rest is filled in when it is signed.
  neo::Transaction transaction;
  // Most it may burn and pay, whatever a node says.
  neo::GasAmount system_fee_max;
  neo::GasAmount network_fee_max;
  std::uint32_t valid_blocks = 0;
  // The exact request, whose hash the intent keeps.
  std::string arguments_text;
  // Not empty: after every earlier intent of the wallet with this key.
  std::string order_key;
  // GAS the script itself moves away from the wallet.
  neo::GasAmount spends;
  // 0x + hash, of a deployment.
  std::string contract;
};

// A record of the draft with nothing signed.
stored::IntentRecord make_intent(const Draft& draft, WallTime now);
// The draft of a QUEUED record.
Result<Draft> draft_of(const IntentKey& key, const stored::IntentRecord& intent);

}  // namespace nsl::enclave::transactions
