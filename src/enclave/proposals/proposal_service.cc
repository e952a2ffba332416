#include "enclave/proposals/proposal_service.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/codec/ulid.h"
#include "enclave/proposals/proposal_view.h"
#include "enclave/records/names.h"

namespace nsl::enclave::proposals {
namespace {

using nsl::v1::CreateProposalRequest;
using nsl::v1::Proposal;
using router::Call;

Result<void> check_takes_signatures(const stored::ProposalRecord& record) {
  if (record.is_withdrawn()) return fail(Code::proposal_closed, "The proposal is withdrawn");
  if (record.end() == Proposal::EXPIRED) return fail(Code::proposal_closed, "It is too late");
  if (record.end() != Proposal::PENDING) {
    return fail(Code::proposal_closed, "The transaction is in a block");
  }
  if (record.is_released()) return fail(Code::proposal_closed, "The transaction is sent");
  return {};
}

// The network's figures may rise before the last one has signed; what the bound leaves is taken.
Result<neo::GasAmount> with_margin(neo::GasAmount fee, neo::GasAmount most) {
  NSL_TRY(const neo::GasAmount margin,
          neo::GasAmount::parse_datoshi(fee.datoshi() / 100 * limits::kProposalFeeMarginPercent));
  NSL_TRY(const neo::GasAmount wanted, fee.plus(margin));
  return std::min(wanted, most);
}

}  // namespace

ProposalService::ProposalService(Parts parts)
    : parts_(parts),
      drafts_({.wallets = parts.wallets,
               .tokens = parts.tokens,
               .chain = parts.chain,
               .keys = transactions::PayerKeys::several}) {}

Result<Proposal> ProposalService::create(const Call& call, const CreateProposalRequest& request) {
  const ProposalKey key{.account = call.account(),
                        .id = codec::make_id("prop", call.now, call.random)};
  // A repeat of a request that was cut off finds the proposal it made.
  NSL_TRY(const auto before, parts_.book.find(key, call.deadline));
  if (before.has_value()) {
    NSL_TRY(const Viewed viewed, parts_.book.get(call, request.wallet(), key.id));
    return show(call, viewed);
  }
  NSL_TRY(const wallets::WalletRecord named,
          parts_.wallets.get(call.account(), request.wallet(), call.deadline));
  const nsl::v1::Wallet& wallet = named.value.wallet();
  if (!wallets::is_multisig(wallet)) {
    return fail(Code::invalid_argument, "/wallet: has one key, so there is nothing to propose");
  }
  NSL_TRY_VOID(check_room(call, wallet.id()));
  NSL_TRY(const Content content, make_content(call, request, wallet));
  stored::ProposalRecord record;
  record.set_wallet(wallet.id());
  const Bytes bytes = neo::encode_unsigned(content.transaction);
  record.set_transaction(bytes.data(), bytes.size());
  record.set_verification_script(wallet.verification_script());
  record.set_is_manual(request.manual());
  record.set_contract(content.contract);
  record.set_spends(content.spends.datoshi());
  record.set_created_at_ms(call.now.value());
  NSL_TRY(Collection collection, Collection::open(record, parts_.chain.network().magic));
  if (request.content_case() == CreateProposalRequest::kDocument) {
    const Result<void> added = collection.add_document(request.document());
    // A document without signatures proposes all the same.
    if (!added.has_value() && added.error().code() != Code::signature_present) {
      return fail(added.error());
    }
    collection.store(record);
    record.set_is_released(collection.signatures().is_complete() && !record.is_manual());
  }
  NSL_TRY_VOID(parts_.book.create(key, record, call.deadline));
  if (record.is_released()) send_now(key, call.deadline);
  NSL_TRY(const Viewed viewed, parts_.book.get(call, request.wallet(), key.id));
  return show(call, viewed);
}

Result<void> ProposalService::check_room(const Call& call, const std::string& wallet_id) const {
  const auto most = static_cast<std::size_t>(limits::kProposalsOpenMax);
  NSL_TRY(auto all, parts_.book.list(call.account(), wallet_id, call.deadline));
  std::erase_if(all, [](const auto& item) { return !is_open(item.second.value); });
  if (all.size() < most) return {};
  // Some may have ended without anybody having looked.
  std::size_t open = 0;
  for (auto& [id, record] : all) {
    NSL_TRY(const ProposalRecord settled,
            parts_.book.settle({call.account(), id}, std::move(record), call.deadline));
    open += is_open(settled.value) ? 1 : 0;
  }
  if (open < most) return {};
  return fail(Code::limit_exceeded, "The wallet has its maximum of open proposals");
}

Result<ProposalService::Content> ProposalService::make_content(
    const Call& call, const CreateProposalRequest& request, const nsl::v1::Wallet& wallet) const {
  Content content;
  transactions::Draft draft;
  switch (request.content_case()) {
    case CreateProposalRequest::kTransfer: {
      NSL_TRY(draft, drafts_.transfer(call, wallet.id(), request.transfer()));
      return prepare(draft, call.deadline);
    }
    case CreateProposalRequest::kInvocation: {
      NSL_TRY(draft, drafts_.invoke(call, wallet.id(), request.invocation()));
      return prepare(draft, call.deadline);
    }
    case CreateProposalRequest::kDeployment: {
      NSL_TRY(draft, drafts_.deploy(call, wallet.id(), request.deployment()));
      return prepare(draft, call.deadline);
    }
    case CreateProposalRequest::kUpdate: {
      NSL_TRY(draft, drafts_.update(call, wallet.id(), request.update()));
      return prepare(draft, call.deadline);
    }
    case CreateProposalRequest::kDocument: {
      NSL_TRY(content.transaction,
              parse_document_transaction(request.document(), parts_.chain.network().magic));
      NSL_TRY_VOID(check_given(content.transaction, wallet, call.deadline));
      return content;
    }
    case CreateProposalRequest::kTransaction: {
      NSL_TRY(content.transaction,
              neo::parse_unsigned_transaction(as_bytes(request.transaction())));
      NSL_TRY_VOID(check_given(content.transaction, wallet, call.deadline));
      return content;
    }
    case CreateProposalRequest::CONTENT_NOT_SET:
      break;
  }
  return fail(Code::invalid_argument,
              "/transfer: give transfer, invocation, deployment, update, document or transaction");
}

Result<ProposalService::Content> ProposalService::prepare(const transactions::Draft& draft,
                                                          const Deadline& deadline) const {
  Content content{.transaction = {}, .spends = draft.spends, .contract = draft.contract};
  NSL_TRY(content.transaction, parts_.submitter.prepare(draft, deadline));
  NSL_TRY(content.transaction.network_fee,
          with_margin(content.transaction.network_fee, draft.network_fee_max));
  return content;
}

Result<void> ProposalService::check_given(const neo::Transaction& transaction,
                                          const nsl::v1::Wallet& wallet,
                                          const Deadline& deadline) const {
  if (transaction.signers.size() != 1 ||
      transaction.signers.front().account.to_text() != wallet.script_hash()) {
    return fail(Code::invalid_signer, "/transaction: the wallet is not its only signer");
  }
  // A conflict, for example, would void another transaction while the script shows nothing of it.
  if (!transaction.attributes.empty()) {
    return fail(Code::invalid_transaction, "/transaction: has attributes, which are not taken");
  }
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(deadline));
  if (transaction.valid_until_block <= height) return fail(Code::transaction_expired);
  return {};
}

Result<nsl::v1::ProposalList> ProposalService::list(const Call& call,
                                                    const nsl::v1::ListProposalsRequest& request) {
  NSL_TRY(const wallets::WalletRecord wallet,
          parts_.wallets.get(call.account(), request.wallet(), call.deadline));
  const std::string& wallet_id = wallet.value.wallet().id();
  NSL_TRY(auto all, parts_.book.list(call.account(), wallet_id, call.deadline));
  NSL_TRY(const auto own, parts_.wallets.list(call.account(), call.deadline));
  nsl::v1::ProposalList reply;
  reply.set_next_cursor(
      records::cut_page(all, records::page_size(request.limit()), request.cursor(),
                        [](const auto& item) -> std::string_view { return item.first; }));
  for (auto& [id, record] : all) {
    NSL_TRY(*reply.add_items(),
            summarize(call, {.account = call.account(), .id = id}, std::move(record), own));
  }
  return reply;
}

Result<nsl::v1::ProposalList> ProposalService::list_mine(
    const Call& call, const nsl::v1::ListMyProposalsRequest& request) {
  NSL_TRY(const auto own, parts_.wallets.list(call.account(), call.deadline));
  NSL_TRY(auto keys, parts_.book.list_keys(call.account(), own, call.deadline));
  nsl::v1::ProposalList reply;
  reply.set_next_cursor(
      records::cut_page(keys, records::page_size(request.limit()), request.cursor(),
                        [](const ProposalKey& key) -> std::string_view { return key.id; }));
  for (const ProposalKey& key : keys) {
    NSL_TRY(auto record, parts_.book.find(key, call.deadline));
    // The account it belonged to may be gone.
    if (!record.has_value()) continue;
    NSL_TRY(*reply.add_items(), summarize(call, key, *std::move(record), own));
  }
  return reply;
}

Result<Proposal> ProposalService::summarize(const Call& call, const ProposalKey& key,
                                            ProposalRecord record,
                                            const std::vector<wallets::WalletRecord>& own) const {
  NSL_TRY(const ProposalRecord settled, parts_.book.settle(key, std::move(record), call.deadline));
  NSL_TRY(const Collection collection,
          Collection::open(settled.value, parts_.chain.network().magic));
  NSL_TRY(const Proposal::Status status, parts_.book.status_of(key, settled.value, call.deadline));
  return describe({.key = key,
                   .record = settled.value,
                   .collection = collection,
                   .status = status,
                   .own_wallets = own,
                   .is_owner = key.account == call.account()});
}

Result<Proposal> ProposalService::get(const Call& call,
                                      const nsl::v1::GetProposalRequest& request) {
  NSL_TRY(const Viewed viewed, parts_.book.get(call, request.wallet(), request.proposal()));
  return show(call, viewed);
}

Result<Proposal> ProposalService::show(const Call& call, const Viewed& viewed) const {
  NSL_TRY(const auto own, parts_.wallets.list(call.account(), call.deadline));
  NSL_TRY(Proposal proposal, summarize(call, viewed.key, viewed.record, own));
  NSL_TRY(const neo::Transaction transaction,
          neo::parse_unsigned_transaction(as_bytes(viewed.record.value.transaction())));
  add_script(transaction, proposal);
  return proposal;
}

Result<Proposal> ProposalService::sign(const Call& call,
                                       const nsl::v1::SignProposalRequest& request) {
  NSL_TRY(Viewed viewed, parts_.book.get(call, request.wallet(), request.proposal()));
  const std::string& name = request.signer().empty() ? request.wallet() : request.signer();
  NSL_TRY(const wallets::WalletRecord signer,
          parts_.wallets.get(call.account(), name, call.deadline));
  if (wallets::is_multisig(signer.value.wallet())) {
    return fail(Code::invalid_argument, "/signer: name the wallet whose key signs");
  }
  NSL_TRY(const neo::PublicKey key,
          neo::parse_public_key(as_bytes(signer.value.wallet().public_key())));
  NSL_TRY(const Collection present,
          Collection::open(viewed.record.value, parts_.chain.network().magic));
  // A repeat has nothing to do, whatever has become of the proposal since.
  if (present.signatures().signatures().contains(key)) return show(call, viewed);
  return collect(call, std::move(viewed), [&](Collection& collection) -> Result<void> {
    NSL_TRY(const neo::PrivateKey private_key,
            parts_.wallets.open_key(call.account(), signer.value, call.deadline));
    const neo::Signature signature = crypto::p256_sign(private_key, collection.signing_message());
    const Result<void> added = collection.add(key, signature);
    if (!added.has_value() && added.error().code() == Code::signature_present) return {};
    return added;
  });
}

Result<Proposal> ProposalService::add(const Call& call,
                                      const nsl::v1::AddSignatureRequest& request) {
  NSL_TRY(Viewed viewed, parts_.book.get(call, request.wallet(), request.proposal()));
  const bool is_document = !request.document().empty();
  if (is_document == !request.signature().empty()) {
    return fail(Code::invalid_argument, "/document: give a document, or public_key and signature");
  }
  return collect(call, std::move(viewed), [&](Collection& collection) -> Result<void> {
    if (is_document) return collection.add_document(request.document());
    NSL_TRY(const neo::PublicKey key, neo::parse_public_key(as_bytes(request.public_key())));
    return collection.add(key, as_bytes(request.signature()));
  });
}

Result<Proposal> ProposalService::collect(const Call& call, Viewed viewed,
                                          const std::function<Result<void>(Collection&)>& add) {
  NSL_TRY(viewed.record, parts_.book.settle(viewed.key, std::move(viewed.record), call.deadline));
  const neo::NetworkMagic network = parts_.chain.network().magic;
  NSL_TRY(viewed.record, parts_.book.change(
                             viewed.key,
                             [&](stored::ProposalRecord& record) -> Result<void> {
                               NSL_TRY_VOID(check_takes_signatures(record));
                               NSL_TRY(Collection collection, Collection::open(record, network));
                               NSL_TRY_VOID(add(collection));
                               collection.store(record);
                               record.set_is_released(collection.signatures().is_complete() &&
                                                      !record.is_manual());
                               return {};
                             },
                             call.deadline));
  if (viewed.record.value.is_released()) send_now(viewed.key, call.deadline);
  return show(call, viewed);
}

void ProposalService::send_now(const ProposalKey& key, const Deadline& deadline) {
  const Result<void> sent = parts_.sender.send(key, deadline);
  if (!sent.has_value()) log_failure("proposals", "A proposal is sent later", sent.error());
}

Result<nsl::v1::ProposalDocument> ProposalService::get_document(
    const Call& call, const nsl::v1::GetProposalDocumentRequest& request) {
  NSL_TRY(const Viewed viewed, parts_.book.get(call, request.wallet(), request.proposal()));
  NSL_TRY(const Collection collection,
          Collection::open(viewed.record.value, parts_.chain.network().magic));
  nsl::v1::ProposalDocument reply;
  reply.set_document(collection.to_document());
  reply.set_transaction(viewed.record.value.transaction());
  const Bytes message = collection.signing_message();
  reply.set_signing_message(message.data(), message.size());
  return reply;
}

Result<Proposal> ProposalService::submit(const Call& call,
                                         const nsl::v1::SubmitProposalRequest& request) {
  NSL_TRY(Viewed viewed, parts_.book.get(call, request.wallet(), request.proposal()));
  if (viewed.record.value.is_released() && is_open(viewed.record.value)) {
    send_now(viewed.key, call.deadline);
    return show(call, viewed);
  }
  NSL_TRY(viewed.record, parts_.book.settle(viewed.key, std::move(viewed.record), call.deadline));
  const neo::NetworkMagic network = parts_.chain.network().magic;
  NSL_TRY(viewed.record, parts_.book.change(
                             viewed.key,
                             [&network](stored::ProposalRecord& record) -> Result<void> {
                               NSL_TRY_VOID(check_takes_signatures(record));
                               NSL_TRY(const Collection collection,
                                       Collection::open(record, network));
                               if (!collection.signatures().is_complete())
                                 return fail(Code::proposal_incomplete);
                               record.set_is_released(true);
                               return {};
                             },
                             call.deadline));
  send_now(viewed.key, call.deadline);
  return show(call, viewed);
}

Result<Proposal> ProposalService::withdraw(const Call& call,
                                           const nsl::v1::WithdrawProposalRequest& request) {
  NSL_TRY(Viewed viewed, parts_.book.get(call, request.wallet(), request.proposal()));
  if (!viewed.is_owner) {
    return fail(Code::permission_denied, "Only the account that proposed it takes it back");
  }
  if (viewed.record.value.is_withdrawn()) return show(call, viewed);
  NSL_TRY(viewed.record, parts_.book.settle(viewed.key, std::move(viewed.record), call.deadline));
  NSL_TRY(viewed.record, parts_.book.change(
                             viewed.key,
                             [](stored::ProposalRecord& record) -> Result<void> {
                               NSL_TRY_VOID(check_takes_signatures(record));
                               record.set_is_withdrawn(true);
                               return {};
                             },
                             call.deadline));
  return show(call, viewed);
}

}  // namespace nsl::enclave::proposals
