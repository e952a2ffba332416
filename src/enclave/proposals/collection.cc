#include "enclave/proposals/collection.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::enclave::proposals {
namespace {

// Base64 of a transaction, and of the signatures of every signer.
constexpr std::size_t kDocumentBytesMax = 512 * 1024;

Result<neo::SignatureContext> parse_document(const std::string& text, neo::NetworkMagic network) {
  NSL_TRY(const neo::JsonValue json, neo::parse_json(text, kDocumentBytesMax));
  Result<neo::SignatureContext> context = neo::parse_signature_context(json);
  if (!context.has_value()) {
    // The one way to be an invalid argument: a key or a script of somebody else.
    if (context.error().code() != Code::invalid_argument) return context;
    return fail(Code::signature_foreign, context.error().message());
  }
  if (context->network() != network) {
    return fail(Code::document_foreign, "The document is of another network");
  }
  return context;
}

}  // namespace

Result<Collection> Collection::open(const stored::ProposalRecord& record,
                                    neo::NetworkMagic network) {
  Result<neo::Transaction> transaction =
      neo::parse_unsigned_transaction(as_bytes(record.transaction()));
  if (!transaction.has_value()) return fail(Code::record_corrupt);
  Collection collection(neo::SignatureContext(network, *std::move(transaction)));
  if (!collection.context_.add_script(as_bytes(record.verification_script())).has_value()) {
    return fail(Code::record_corrupt);
  }
  for (const stored::ProposalSignature& each : record.signatures()) {
    NSL_TRY(const neo::PublicKey key, neo::parse_public_key(as_bytes(each.public_key())));
    if (!collection.add(key, as_bytes(each.signature())).has_value()) {
      return fail(Code::record_corrupt);
    }
  }
  return collection;
}

const neo::WitnessBuilder& Collection::signatures() const {
  const neo::WitnessBuilder* const found = context_.find(account());
  NSL_ASSERT(found != nullptr);
  return *found;
}

Bytes Collection::signing_message() const {
  return neo::signing_message(context_.network(), neo::hash_of(context_.transaction()));
}

Result<void> Collection::add(const neo::PublicKey& key, ByteView signature) {
  const std::vector<neo::PublicKey>& keys = signatures().keys();
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
    return fail(Code::signature_foreign, "The key is none of the wallet's");
  }
  neo::Signature bytes{};
  if (signature.size() != bytes.size()) {
    return fail(Code::invalid_signature, "/signature: has 64 bytes");
  }
  std::copy(signature.begin(), signature.end(), bytes.begin());
  const bool has_signed = signatures().signatures().contains(key);
  NSL_TRY_VOID(context_.add_signature(account(), key, bytes));
  if (has_signed) return fail(Code::signature_present);
  return {};
}

Result<void> Collection::add_document(const std::string& text) {
  NSL_TRY(const neo::SignatureContext other, parse_document(text, context_.network()));
  if (neo::hash_of(other.transaction()) != neo::hash_of(context_.transaction())) {
    return fail(Code::document_foreign);
  }
  const neo::WitnessBuilder* const found = other.find(account());
  if (found == nullptr) return fail(Code::signature_present, "The document has no signature");
  bool is_new = false;
  for (const auto& [key, signature] : found->signatures()) {
    if (signatures().signatures().contains(key)) continue;
    NSL_TRY_VOID(add(key, signature));
    is_new = true;
  }
  if (!is_new) return fail(Code::signature_present, "The document brings no new signature");
  return {};
}

std::string Collection::to_document() const { return neo::to_text(neo::to_json(context_)); }

Result<neo::Transaction> Collection::signed_transaction() const {
  if (!context_.is_complete()) return fail(Code::proposal_incomplete);
  return context_.signed_transaction();
}

void Collection::store(stored::ProposalRecord& record) const {
  record.clear_signatures();
  for (const auto& [key, signature] : signatures().signatures()) {
    stored::ProposalSignature& each = *record.add_signatures();
    const auto compressed = key.compressed();
    each.set_public_key(compressed.data(), compressed.size());
    each.set_signature(signature.data(), signature.size());
  }
}

Result<neo::Transaction> parse_document_transaction(const std::string& text,
                                                    neo::NetworkMagic network) {
  NSL_TRY(const neo::SignatureContext context, parse_document(text, network));
  return context.transaction();
}

}  // namespace nsl::enclave::proposals
