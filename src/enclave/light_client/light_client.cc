#include "enclave/light_client/light_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/neo/contract.h"
#include "core/neo/genesis.h"

namespace nsl::enclave::light_client {
namespace {

using Done = std::monostate;

neo::BlockIndex after(neo::BlockIndex index, std::uint32_t count) {
  return neo::BlockIndex(index.value() + count);
}

neo::BlockIndex before(neo::BlockIndex index, std::uint32_t count) {
  return neo::BlockIndex(index.value() - std::min(index.value(), count));
}

constexpr auto kBatch = static_cast<std::uint32_t>(limits::kNodeBatchMax);
constexpr auto kAnchorHeaders = static_cast<std::uint32_t>(limits::kLightClientAnchorHeaders);

// The header a node shows at that height.
Result<neo::Header> ask_header(chain::EvidenceSource& node, neo::BlockIndex index,
                               const Deadline& deadline) {
  NSL_TRY(const std::vector<neo::Header> headers, node.headers(index, 1, deadline));
  if (headers.empty()) {
    return fail(Code::node_behind,
                fmt::format("No node has reached the trusted block {}", index.value()));
  }
  return headers.front();
}

std::unexpected<Error> another_chain(neo::BlockIndex index, const neo::UInt256& trusted) {
  return fail(Code::chain_not_trusted, fmt::format("The node's block {} is not the trusted one, {}",
                                                   index.value(), trusted.to_text()));
}

// What a header that does not follow looks like.
bool is_of_another_chain(Code code) {
  return code == Code::invalid_block || code == Code::invalid_signature;
}

}  // namespace

LightClient::LightClient(Parts parts, Trust trust)
    : magic_(parts.magic),
      trust_(std::move(trust)),
      sources_(std::move(parts.nodes)),
      state_(sources_, magic_),
      book_(parts.vault) {}

Result<std::unique_ptr<LightClient>> LightClient::open(Parts parts, Trust trust,
                                                       const Deadline& deadline) {
  std::unique_ptr<LightClient> client(new LightClient(std::move(parts), std::move(trust)));
  NSL_TRY_VOID(client->start(deadline));
  return client;
}

Result<void> LightClient::start(const Deadline& deadline) {
  NSL_TRY(const std::optional<TrustedChain> sealed, book_.load(deadline));
  if (!sealed.has_value()) return begin(deadline);
  NSL_TRY(const bool begins_anew, is_replaced(*sealed, deadline));
  return begins_anew ? begin(deadline) : resume(*sealed);
}

Result<bool> LightClient::is_replaced(const TrustedChain& sealed, const Deadline& deadline) const {
  if (!trust_.accepted_block.has_value()) return false;
  const auto show = [&](chain::EvidenceSource& node) -> Result<bool> {
    NSL_TRY(const auto shown, node.headers(sealed.header.index, 1, deadline));
    if (!shown.empty() && neo::hash_of(shown.front()) == neo::hash_of(sealed.header)) return false;
    const auto accepted = node.header_named(*trust_.accepted_block, deadline);
    return accepted.has_value() && neo::hash_of(*accepted) == *trust_.accepted_block;
  };
  return sources_.ask<bool>(show);
}

Result<void> LightClient::resume(const TrustedChain& sealed) {
  std::optional<neo::UInt256> origin;
  if (!trust_.committee.empty()) {
    NSL_TRY(const neo::Block genesis,
            neo::make_genesis_block(trust_.committee, trust_.validators_count));
    origin = neo::hash_of(genesis.header);
  }
  if (trust_.checkpoint.has_value()) origin = trust_.checkpoint->hash;
  if (sealed.magic != magic_ || (origin.has_value() && sealed.origin != *origin)) {
    return fail(Code::chain_not_trusted, "The sealed state is of another chain than the settings");
  }
  if (sealed.state_validators.has_value()) {
    state_.set_validators(*sealed.state_validators);
  } else {
    NSL_TRY_VOID(trust_state_validators(sealed.header.index));
  }
  MutexLock lock(mutex_);
  headers_.emplace(sealed.header, magic_);
  sealed_ = sealed;
  return {};
}

Result<neo::Header> LightClient::first_header(const Deadline& deadline) const {
  if (trust_.checkpoint.has_value()) {
    const Checkpoint& checkpoint = *trust_.checkpoint;
    return sources_.ask<neo::Header>([&](chain::EvidenceSource& node) -> Result<neo::Header> {
      NSL_TRY(neo::Header shown, ask_header(node, checkpoint.index, deadline));
      if (shown.index == checkpoint.index && neo::hash_of(shown) == checkpoint.hash) return shown;
      return another_chain(checkpoint.index, checkpoint.hash);
    });
  }
  if (!trust_.committee.empty()) {
    NSL_TRY(neo::Block genesis, neo::make_genesis_block(trust_.committee, trust_.validators_count));
    return std::move(genesis.header);
  }
  if (trust_.rule == Trust::Rule::pinned) {
    return fail(Code::invalid_configuration,
                "Nothing says where trust in the chain begins: --committee or --checkpoint");
  }
  // The newest blocks of a development network may be lost, older ones not.
  return sources_.ask<neo::Header>([&](chain::EvidenceSource& node) -> Result<neo::Header> {
    NSL_TRY(const neo::BlockIndex newest, node.height(deadline));
    return ask_header(node, before(newest, kAnchorHeaders), deadline);
  });
}

Result<void> LightClient::trust_state_validators(neo::BlockIndex from) {
  if (trust_.state_validators.empty()) return {};
  NSL_TRY(const neo::UInt160 account, neo::byzantine_account(trust_.state_validators));
  state_.set_validators({.account = account, .from = from});
  return {};
}

Result<void> LightClient::begin(const Deadline& deadline) {
  NSL_TRY(neo::Header header, first_header(deadline));
  header.witness = {};
  NSL_TRY_VOID(trust_state_validators(header.index));
  {
    MutexLock lock(mutex_);
    headers_.emplace(header, magic_);
  }
  NSL_TRY_VOID(learn_state_validators(deadline));
  const TrustedChain chain{.magic = magic_,
                           .origin = neo::hash_of(header),
                           .header = std::move(header),
                           .state_validators = state_.validators()};
  NSL_TRY_VOID(book_.save(chain, deadline));
  log_info(
      "light_client", "Trust in the chain begins",
      {{"block", std::to_string(chain.header.index.value())}, {"hash", chain.origin.to_text()}});
  MutexLock lock(mutex_);
  sealed_ = chain;
  return {};
}

Result<void> LightClient::learn_state_validators(const Deadline& deadline) {
  if (trust_.rule == Trust::Rule::pinned || can_prove_storage()) return {};
  using Learnt = std::optional<StateValidators>;
  const auto tell = [&](chain::EvidenceSource& node) -> Result<Learnt> {
    NSL_TRY(const neo::BlockIndex newest, node.height(deadline));
    NSL_TRY(const auto keys, node.state_validators(newest, deadline));
    if (keys.empty()) return Learnt();
    NSL_TRY(const neo::UInt160 account, neo::byzantine_account(keys));
    return Learnt({.account = account, .from = newest});
  };
  NSL_TRY(const Learnt learnt, sources_.ask<Learnt>(tell));
  if (learnt.has_value()) state_.set_validators(*learnt);
  return {};
}

neo::BlockIndex LightClient::height() const {
  MutexLock lock(mutex_);
  return headers_->newest().index;
}

neo::BlockIndex LightClient::sealed_height() const {
  MutexLock lock(mutex_);
  return sealed_.header.index;
}

Result<void> LightClient::follow(const Deadline& deadline) {
  const neo::BlockIndex sealed = sealed_height();
  const auto tell = [&](chain::EvidenceSource& node) -> Result<neo::BlockIndex> {
    NSL_TRY(const neo::BlockIndex newest, node.height(deadline));
    if (newest < sealed) return fail(Code::node_behind);
    return newest;
  };
  NSL_TRY(const neo::BlockIndex newest, sources_.ask<neo::BlockIndex>(tell));
  NSL_TRY_VOID(sync_to(newest, deadline));
  return learn_state_validators(deadline);
}

Result<void> LightClient::sync_to(neo::BlockIndex target, const Deadline& deadline) {
  // Each round verifies at least one header, or ends.
  while (height() < target) {
    Result<void> fetched = fetch_headers(target, deadline);
    if (!fetched.has_value() && is_of_another_chain(fetched.error().code()) && go_back()) {
      fetched = fetch_headers(target, deadline);
    }
    if (!fetched.has_value() && is_of_another_chain(fetched.error().code())) {
      return fail(Code::chain_not_trusted, "The nodes show no block that follows the trusted ones",
                  fetched.error().message());
    }
    if (!fetched.has_value()) return fetched;
    seal_if_due(deadline);
  }
  return {};
}

Result<void> LightClient::fetch_headers(neo::BlockIndex target, const Deadline& deadline) {
  const neo::BlockIndex newest = height();
  if (newest >= target) return {};
  const std::size_t count = std::min<std::size_t>(target.value() - newest.value(),
                                                  static_cast<std::size_t>(limits::kNodeBatchMax));
  const auto show = [&](chain::EvidenceSource& node) -> Result<Done> {
    NSL_TRY(const auto headers, node.headers(after(newest, 1), count, deadline));
    if (headers.empty()) return fail(Code::node_behind);
    MutexLock lock(mutex_);
    NSL_TRY_VOID(headers_->extend(headers));
    if (headers_->newest().index <= newest) return fail(Code::node_malformed_reply);
    return Done();
  };
  const Result<Done> fetched = sources_.ask<Done>(show);
  return fetched.has_value() ? Result<void>() : fail(fetched.error());
}

bool LightClient::go_back() {
  if (trust_.rule == Trust::Rule::pinned) return false;
  MutexLock lock(mutex_);
  if (headers_->newest().index == sealed_.header.index) return false;
  log_warning("light_client", "The nodes no longer show the newest blocks; going back",
              {{"block", std::to_string(sealed_.header.index.value())}});
  headers_.emplace(sealed_.header, magic_);
  last_block_.reset();
  state_.forget_contracts();
  return true;
}

void LightClient::seal_if_due(const Deadline& deadline) {
  if (is_sealing_.exchange(true)) return;
  // A development network may lose its newest blocks.
  const std::uint32_t lag = trust_.rule == Trust::Rule::pinned ? 0 : kAnchorHeaders;
  std::optional<TrustedChain> due;
  {
    MutexLock lock(mutex_);
    const neo::BlockIndex newest = before(headers_->newest().index, lag);
    const neo::Header* header = headers_->find(newest);
    if (header != nullptr && newest >= after(sealed_.header.index, kAnchorHeaders)) {
      due = sealed_;
      due->header = *header;
      due->state_validators = state_.validators();
    }
  }
  if (due.has_value()) {
    const Result<void> saved = book_.save(*due, deadline);
    if (saved.has_value()) {
      MutexLock lock(mutex_);
      sealed_ = *std::move(due);
    } else {
      log_failure("light_client", "The newest trusted header was not sealed", saved.error());
    }
  }
  is_sealing_ = false;
}

Result<void> LightClient::reach_back(neo::BlockIndex index, const Deadline& deadline) {
  // Each round adds at least one header, or ends.
  for (;;) {
    neo::BlockIndex oldest;
    {
      MutexLock lock(mutex_);
      oldest = headers_->oldest().index;
      const bool is_too_old = std::int64_t{headers_->newest().index.value()} - index.value() >=
                              limits::kLightClientWindowHeaders;
      if (is_too_old) return fail(Code::block_not_provable);
    }
    if (oldest <= index) return {};
    const neo::BlockIndex first = std::max(index, before(oldest, kBatch));
    const auto show = [&](chain::EvidenceSource& node) -> Result<Done> {
      NSL_TRY(const auto headers, node.headers(first, oldest.value() - first.value(), deadline));
      if (headers.empty()) return fail(Code::node_behind);
      MutexLock lock(mutex_);
      NSL_TRY_VOID(headers_->extend_back(headers));
      if (headers_->oldest().index >= oldest) return fail(Code::node_malformed_reply);
      return Done();
    };
    const Result<Done> fetched = sources_.ask<Done>(show);
    if (!fetched.has_value()) return fail(fetched.error());
  }
}

Result<neo::UInt256> LightClient::hash_at(neo::BlockIndex index, const Deadline& deadline) {
  NSL_TRY_VOID(sync_to(index, deadline));
  NSL_TRY_VOID(reach_back(index, deadline));
  MutexLock lock(mutex_);
  const neo::Header* header = headers_->find(index);
  if (header != nullptr) return neo::hash_of(*header);
  return fail(Code::block_not_provable);
}

Result<LightClient::SharedBlock> LightClient::ask_block(neo::BlockIndex index,
                                                        const Deadline& deadline) {
  NSL_TRY(const neo::UInt256 hash, hash_at(index, deadline));
  {
    MutexLock lock(mutex_);
    if (last_block_ != nullptr && last_block_->hash == hash) return last_block_;
  }
  const auto show = [&](chain::EvidenceSource& node) -> Result<SharedBlock> {
    NSL_TRY(neo::Block block, node.block(index, deadline));
    if (neo::hash_of(block.header) != hash) {
      return fail(Code::invalid_block, "The node shows another block");
    }
    NSL_TRY_VOID(neo::check_block(block));
    auto shown = std::make_shared<ProvenBlock>();
    shown->hash = hash;
    shown->block = std::move(block);
    shown->block.header.witness = {};
    for (neo::Transaction& each : shown->block.transactions) {
      each.witnesses.clear();
      shown->transactions.insert(neo::hash_of(each));
    }
    return SharedBlock(std::move(shown));
  };
  NSL_TRY(SharedBlock proven, sources_.ask<SharedBlock>(show));
  MutexLock lock(mutex_);
  last_block_ = proven;
  return proven;
}

Result<LightClient::SharedBlock> LightClient::get_block(neo::BlockIndex index,
                                                        const Deadline& deadline) {
  Result<SharedBlock> proven = ask_block(index, deadline);
  if (!proven.has_value() && is_of_another_chain(proven.error().code()) && go_back()) {
    proven = ask_block(index, deadline);
  }
  return proven;
}

Result<neo::Block> LightClient::prove_block(neo::BlockIndex block, const Deadline& deadline) {
  NSL_TRY(const SharedBlock proven, get_block(block, deadline));
  return proven->block;
}

Result<void> LightClient::prove_inclusion(const neo::UInt256& transaction, neo::BlockIndex block,
                                          const Deadline& deadline) {
  NSL_TRY(const SharedBlock proven, get_block(block, deadline));
  if (proven->transactions.contains(transaction)) return {};
  return fail(Code::invalid_proof, "The block does not hold the transaction");
}

Result<Bytes> LightClient::prove_storage(const StorageItem& item, neo::BlockIndex block,
                                         const Deadline& deadline) {
  // The state is of a block the consensus nodes made.
  NSL_TRY_VOID(hash_at(block, deadline));
  return state_.prove(item, block, deadline);
}

Result<std::optional<Bytes>> LightClient::find_storage(const StorageItem& item,
                                                       neo::BlockIndex block,
                                                       const Deadline& deadline) {
  NSL_TRY_VOID(hash_at(block, deadline));
  return state_.find(item, block, deadline);
}

}  // namespace nsl::enclave::light_client
