// A transaction on its way between the wallets that have to sign it, in the JSON form that neo-cli,
// neo-go and other wallets exchange (ContractParametersContext).
//
// TRUST: the form comes from others. Every signature in it is verified when it is read, and one
// that does not verify makes the whole form refused; the hash it states must be the transaction's.
// What the transaction does is for the signer to look at.
#pragma once

#include <map>
#include <vector>

#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/json.h"
#include "core/neo/key.h"
#include "core/neo/network.h"
#include "core/neo/transaction.h"
#include "core/neo/witness_builder.h"

namespace nsl::neo {

class SignatureContext {
 public:
  // Witnesses of the transaction are not looked at. It must pass check_unsigned_transaction().
  SignatureContext(NetworkMagic network, Transaction transaction);

  NetworkMagic network() const { return network_; }
  // Without witnesses.
  const Transaction& transaction() const { return transaction_; }

  // Code::invalid_argument unless the script is that of a signer; Code::invalid_script unless it is
  // one of keys. A script that is known already changes nothing.
  Result<void> add_script(ByteView verification_script);
  // For the signer of that account, whose script must be known.
  Result<void> add_signature(const UInt160& account, const PublicKey& key,
                             const Signature& signature);

  // What is collected for that signer; null while its script is unknown. Valid as long as the
  // context is not changed.
  const WitnessBuilder* find(const UInt160& account) const;

  // Signers whose signatures are not enough yet, or whose script is unknown.
  std::vector<UInt160> missing() const;
  bool is_complete() const { return missing().empty(); }
  // The transaction with its witnesses. Code::invalid_signature while something is missing.
  Result<Transaction> signed_transaction() const;

  friend JsonValue to_json(const SignatureContext& context);

 private:
  NetworkMagic network_;
  Transaction transaction_;
  std::map<UInt160, WitnessBuilder> builders_;
};

// {"type","network","hash","data","items":{"0x...":{"script","parameters","signatures"}}}
JsonValue to_json(const SignatureContext& context);
// Code::invalid_transaction for another form.
Result<SignatureContext> parse_signature_context(const JsonValue& json);

}  // namespace nsl::neo
