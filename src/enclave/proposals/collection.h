// Collection: the signatures of one proposal. Only what verifies over exactly the proposal's bytes
// gets in, one signature a key.
//
// TRUST: nothing that comes in is believed: neither the keys a document names nor its hash.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/neo/network.h"
#include "core/neo/signature_context.h"
#include "core/neo/transaction.h"
#include "nsl/enclave/stored/records.pb.h"

namespace nsl::enclave::proposals {

class Collection {
 public:
  // Code::record_corrupt for a record that is none.
  static Result<Collection> open(const stored::ProposalRecord& record, neo::NetworkMagic network);

  const neo::Transaction& transaction() const { return context_.transaction(); }
  const neo::WitnessBuilder& signatures() const;
  // What a key signs.
  Bytes signing_message() const;

  // Code::signature_foreign, Code::invalid_signature, Code::signature_present. A signature with
  // either sign of s verifies, as it does on a node; a key that has signed has signed.
  Result<void> add(const neo::PublicKey& key, ByteView signature);
  // Every signature of a ContractParametersContext. Code::document_foreign when it is of another
  // transaction or network, Code::signature_present when it brings nothing new.
  Result<void> add_document(const std::string& text);
  std::string to_document() const;

  // Code::proposal_incomplete.
  Result<neo::Transaction> signed_transaction() const;
  // Writes the signatures into the record.
  void store(stored::ProposalRecord& record) const;

 private:
  explicit Collection(neo::SignatureContext context) : context_(std::move(context)) {}
  const neo::UInt160& account() const { return context_.transaction().signers.front().account; }

  neo::SignatureContext context_;
};

// Of a document that proposes: its transaction. Code::document_foreign for another network.
Result<neo::Transaction> parse_document_transaction(const std::string& text,
                                                    neo::NetworkMagic network);

}  // namespace nsl::enclave::proposals
