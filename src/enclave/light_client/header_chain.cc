#include "enclave/light_client/header_chain.h"

#include "core/base/limits.h"

namespace nsl::enclave::light_client {
namespace {

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
  while (headers_.size() > static_cast<std::size_t>(limits::kLightClientWindowHeaders)) {
    headers_.pop_front();
  }
  return {};
}

const neo::Header* HeaderChain::find(neo::BlockIndex index) const {
  const neo::BlockIndex oldest = headers_.front().index;
  if (index < oldest || index > newest().index) return nullptr;
  return &headers_[index.value() - oldest.value()];
}

}  // namespace nsl::enclave::light_client
