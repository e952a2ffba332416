#include "enclave/proposals/proposal_view.h"

#include "core/base/limits.h"
#include "core/neo/disassembly.h"
#include "core/neo/opcode.h"
#include "core/neo/rpc_signer.h"
#include "core/neo/script_calls.h"
#include "core/neo/stack_item_json.h"

namespace nsl::enclave::proposals {
namespace {

std::string result_text(neo::ResultUse use) {
  switch (use) {
    case neo::ResultUse::left:
      return "left";
    case neo::ResultUse::asserted:
      return "asserted";
    case neo::ResultUse::dropped:
      return "dropped";
  }
  return {};
}

void add_keys(const Shown& shown, nsl::v1::Proposal& proposal) {
  const neo::WitnessBuilder& signatures = shown.collection.signatures();
  proposal.set_threshold(static_cast<std::uint32_t>(signatures.threshold()));
  for (const neo::PublicKey& key : signatures.keys()) {
    nsl::v1::Proposal::Key& item = *proposal.add_keys();
    const auto compressed = key.compressed();
    item.set_public_key(compressed.data(), compressed.size());
    item.set_signed_(signatures.signatures().contains(key));
    for (const wallets::WalletRecord& wallet : shown.own_wallets) {
      if (!equal(as_bytes(wallet.value.wallet().public_key()), compressed)) continue;
      item.set_wallet(wallet.value.wallet().id());
    }
  }
}

}  // namespace

nsl::v1::Proposal describe(const Shown& shown) {
  const neo::Transaction& transaction = shown.collection.transaction();
  const neo::Signer& signer = transaction.signers.front();
  nsl::v1::Proposal proposal;
  proposal.set_id(shown.key.id);
  if (shown.is_owner) proposal.set_wallet(shown.record.wallet());
  proposal.set_account(signer.account.to_text());
  proposal.set_status(shown.status);
  proposal.set_hash(neo::hash_of(transaction).to_text());
  proposal.set_system_fee(transaction.system_fee.to_text());
  proposal.set_network_fee(transaction.network_fee.to_text());
  proposal.set_valid_until_block(transaction.valid_until_block.value());
  proposal.set_signer(neo::to_text(neo::to_json(signer)));
  add_keys(shown, proposal);
  proposal.set_manual(shown.record.is_manual());
  proposal.set_block(shown.record.block());
  proposal.set_exception(shown.record.exception());
  proposal.set_contract(shown.record.contract());
  proposal.set_created_at(to_rfc3339(WallTime(shown.record.created_at_ms())));
  return proposal;
}

void add_script(const neo::Transaction& transaction, nsl::v1::Proposal& proposal) {
  const Bytes bytes = neo::encode_unsigned(transaction);
  proposal.set_transaction(bytes.data(), bytes.size());
  const auto calls = neo::parse_calls(transaction.script);
  if (calls.has_value()) {
    for (const neo::ContractCall& call : *calls) {
      nsl::v1::Proposal::Call& item = *proposal.add_calls();
      item.set_contract(call.contract.to_text());
      item.set_method(call.method);
      item.set_args(neo::to_rpc_json(neo::StackItem::array(call.arguments)));
      item.set_result(result_text(call.result));
    }
  }
  const auto instructions = neo::disassemble(transaction.script);
  if (!instructions.has_value()) return;
  const auto most = static_cast<std::size_t>(limits::kProposalInstructionsMax);
  for (const neo::DisassembledInstruction& each : *instructions) {
    if (static_cast<std::size_t>(proposal.instructions_size()) == most) break;
    nsl::v1::Proposal::Instruction& item = *proposal.add_instructions();
    item.set_offset(static_cast<std::uint32_t>(each.offset));
    item.set_opcode(std::string(neo::get_opcode(each.opcode).text));
    item.set_operand(each.operand.data(), each.operand.size());
    item.set_note(each.note);
  }
  proposal.set_instructions_left(static_cast<std::uint32_t>(
      instructions->size() - static_cast<std::size_t>(proposal.instructions_size())));
}

}  // namespace nsl::enclave::proposals
