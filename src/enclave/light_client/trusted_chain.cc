#include "enclave/light_client/trusted_chain.h"

#include "enclave/records/records.h"

namespace nsl::enclave::light_client {
namespace {

vault::RecordKey record_key() {
  return {records::kind::kTrustedChain, records::kNoAccount, "newest"};
}

std::string text_of(ByteView bytes) { return to_string(bytes); }

Result<TrustedChain> to_chain(const stored::TrustedChainRecord& record) {
  TrustedChain chain;
  chain.magic = neo::NetworkMagic(record.magic());
  NSL_TRY(chain.origin, neo::UInt256::parse_little_endian(as_bytes(record.origin())));
  NSL_TRY(chain.header, neo::parse_header(as_bytes(record.header())));
  if (record.state_validators().empty()) return chain;
  StateValidators validators{.account = {},
                             .from = neo::BlockIndex(record.state_validators_from())};
  NSL_TRY(validators.account,
          neo::UInt160::parse_little_endian(as_bytes(record.state_validators())));
  chain.state_validators = validators;
  return chain;
}

}  // namespace

Result<std::optional<TrustedChain>> TrustedChainBook::load(const Deadline& deadline) {
  NSL_TRY(const auto found,
          records::find_record<stored::TrustedChainRecord>(vault_, record_key(), deadline));
  version_ = found.has_value() ? found->version : 0;
  if (!found.has_value()) return std::optional<TrustedChain>();
  Result<TrustedChain> chain = to_chain(found->value);
  if (!chain.has_value()) return fail(Code::record_corrupt);
  return std::optional<TrustedChain>(*std::move(chain));
}

Result<void> TrustedChainBook::save(const TrustedChain& chain, const Deadline& deadline) {
  stored::TrustedChainRecord record;
  record.set_magic(chain.magic.value());
  record.set_origin(text_of(chain.origin.little_endian()));
  record.set_header(text_of(neo::encode(chain.header)));
  if (chain.state_validators.has_value()) {
    record.set_state_validators(text_of(chain.state_validators->account.little_endian()));
    record.set_state_validators_from(chain.state_validators->from.value());
  }
  vault::Batch batch;
  records::put_record(batch, record_key(), record, version_);
  Result<void> saved = vault_.commit(std::move(batch), deadline);
  if (saved.has_value()) {
    ++version_;
  } else if (const auto found = vault_.find(record_key(), deadline); found.has_value()) {
    // A commit whose outcome was open may have been made.
    version_ = found->has_value() ? (*found)->version : 0;
  }
  return saved;
}

}  // namespace nsl::enclave::light_client
