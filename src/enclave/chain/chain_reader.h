// ChainReader: blocks, logs, contracts and test runs as typed values, on the word of as many nodes
// as must agree (Chain::agreement()).
#pragma once

#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "enclave/chain/chain.h"
#include "enclave/chain/question.h"

namespace nsl::enclave::chain {

enum class TokenStandard : std::uint8_t { nep11, nep17 };

class ChainReader {
 public:
  explicit ChainReader(Chain& chain) : chain_(chain) {}

  // Without witnesses, which differ from node to node. Nothing when there is no such block.
  Result<std::optional<neo::Block>> block(neo::BlockIndex index, const Deadline& deadline);
  // Of the block with that hash.
  Result<std::optional<neo::BlockIndex>> index_of(const neo::UInt256& block,
                                                  const Deadline& deadline);
  // Of a transaction or a block; nothing while no block holds it.
  Result<std::optional<neo::ApplicationLog>> log(const neo::UInt256& container,
                                                 const Deadline& deadline);
  // A test run. What cannot leave the virtual machine is an empty opaque item: its ids are the
  // node's own.
  Result<neo::InvocationResult> invoke(ByteView script, const std::vector<neo::Signer>& signers,
                                       const Deadline& deadline);
  Result<std::optional<ContractState>> contract(const neo::UInt160& hash, const Deadline& deadline);
  Result<std::optional<Bytes>> storage(const neo::UInt160& contract, ByteView key,
                                       const Deadline& deadline);
  // The tokens of that standard the nodes know the account to have, in the order of their hashes.
  Result<std::vector<neo::UInt160>> tokens_of(const neo::UInt160& account, TokenStandard standard,
                                              const Deadline& deadline);

 private:
  template <class T>
  Result<std::optional<T>> find(const Question& question, const Deadline& deadline);

  Chain& chain_;
};

}  // namespace nsl::enclave::chain
