#include "enclave/execution/chain_calls.h"

#include "core/neo/address.h"
#include "core/rest/json_printer.h"
#include "enclave/chain_access/block_view.h"
#include "enclave/chain_access/execution_view.h"

namespace nsl::enclave::execution {
namespace {

using json::JsonArguments;

Result<neo::UInt256> get_hash(const JsonArguments& arguments) {
  NSL_TRY(const std::string text, arguments.get_text("hash"));
  Result<neo::UInt256> hash = neo::UInt256::parse(text);
  if (hash.has_value()) return hash;
  return fail(Code::invalid_hash, "hash: is 0x and 64 digits");
}

Result<ChainReply> reply_of(const google::protobuf::Message& message, neo::BlockIndex block,
                            const chain_access::Proof& proof) {
  NSL_TRY(std::string text, rest::print_json(message));
  return ChainReply{.json = std::move(text),
                    .read = {.height = block.value(), .proof = chain_access::to_text(proof)}};
}

}  // namespace

Result<ChainReply> ChainCalls::get_block(const JsonArguments& arguments, const Deadline& deadline) {
  // An index may be a number or its text.
  std::string block = arguments.raw("block");
  if (block.starts_with('"')) {
    NSL_TRY(block, arguments.get_text("block"));
  }
  NSL_TRY(const chain_access::FoundBlock found, access_.block(block, deadline));
  return reply_of(chain_access::block_message(found), found.block.header.index, found.proof);
}

Result<ChainReply> ChainCalls::get_transaction(const JsonArguments& arguments,
                                               const Deadline& deadline) {
  NSL_TRY(const neo::UInt256 hash, get_hash(arguments));
  NSL_TRY(const chain_access::FoundTransaction found, access_.transaction(hash, deadline));
  return reply_of(chain_access::transaction_message(found), found.block, found.proof);
}

Result<ChainReply> ChainCalls::get_application_log(const JsonArguments& arguments,
                                                   const Deadline& deadline) {
  NSL_TRY(const neo::UInt256 hash, get_hash(arguments));
  NSL_TRY(const auto cursor, arguments.find_text("cursor"));
  NSL_TRY(const neo::BlockIndex height, access_.chain().height(deadline));
  NSL_TRY(const neo::ApplicationLog log, access_.log(hash, deadline));
  NSL_TRY(const nsl::v1::ChainLog message,
          chain_access::log_message(log, cursor.value_or(""), access_.quorum()));
  return reply_of(message, height, access_.quorum());
}

Result<ChainReply> ChainCalls::get_balance(const JsonArguments& arguments,
                                           const Deadline& deadline) {
  NSL_TRY(const std::string address, arguments.get_text("address"));
  NSL_TRY(const neo::UInt160 account, neo::parse_account(address));
  NSL_TRY(const std::string asset, arguments.get_text("asset"));
  NSL_TRY(const neo::UInt160 token, transactions::parse_asset(asset));
  NSL_TRY(const chain_access::FoundBalance found, balances_.one(token, account, deadline));
  return reply_of(chain_access::balance_message(found), found.block, found.proof);
}

}  // namespace nsl::enclave::execution
