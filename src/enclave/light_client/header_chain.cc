#include "enclave/light_client/header_chain.h"

#include "core/base/limits.h"

namespace nsl::enclave::light_client {
namespace {

constexpr auto kWindow = static_cast<std::size_t>(limits::kLightClientWindowHeaders);

neo::Header without_witness(neo::Header header) {
  header.witness = {};
  return header;
}

}  // namespace

HeaderChain::HeaderChain(neo::Header trusted, neo::NetworkMagic magic) : magic_(magic) {
  headers_.push_back(without_witness(std::move(trusted)));
}

Result<void> HeaderChain::extend(std::span<const neo::Header> headers) {
  while (!headers.empty() && headers.front().index <= newest().index) headers = headers.subspan(1);
  NSL_TRY_VOID(neo::verify_headers(newest(), headers, magic_));
  for (const neo::Header& header : headers) headers_.push_back(without_witness(header));
  while (headers_.size() > kWindow) headers_.pop_front();
  return {};
}

Result<void> HeaderChain::extend_back(std::span<const neo::Header> headers) {
  while (!headers.empty() && headers.back().index >= oldest().index) {
    headers = headers.first(headers.size() - 1);
  }
  if (headers_.size() + headers.size() > kWindow) return fail(Code::block_not_provable);
  const neo::Header* next = &oldest();
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    const bool is_before = header->index.value() + 1 == next->index.value() &&
                           neo::hash_of(*header) == next->previous_hash;
    if (!is_before) return fail(Code::invalid_block, "The header is not the one named by the next");
    next = &*header;
  }
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    headers_.push_front(without_witness(*header));
  }
  return {};
}

const neo::Header* HeaderChain::find(neo::BlockIndex index) const {
  const neo::BlockIndex oldest = headers_.front().index;
  if (index < oldest || index > newest().index) return nullptr;
  return &headers_[index.value() - oldest.value()];
}

}  // namespace nsl::enclave::light_client
