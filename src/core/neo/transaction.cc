#include "core/neo/transaction.h"

#include "core/base/limits.h"

namespace nsl::neo {
namespace {

constexpr std::uint8_t kVersion = 0;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_transaction, std::move(message));
}

Result<void> check_counts(std::size_t signers, std::size_t attributes) {
  if (signers < 1) return invalid("A transaction has a signer");
  if (signers + attributes > limits::kNeoSignersMax) {
    return invalid("A transaction has at most 16 signers and attributes");
  }
  return {};
}

Result<void> check_signers(const std::vector<Signer>& signers) {
  for (std::size_t i = 0; i < signers.size(); ++i) {
    NSL_TRY_VOID(check_signer(signers[i]));
    for (std::size_t j = 0; j < i; ++j) {
      if (signers[i].account == signers[j].account) return invalid("A signer repeats");
    }
  }
  return {};
}

Result<void> check_attributes(const std::vector<Attribute>& attributes) {
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    NSL_TRY_VOID(check_attribute(attributes[i]));
    const AttributeType type = attribute_type(attributes[i]);
    for (std::size_t j = 0; j < i; ++j) {
      const bool repeats = type == AttributeType::conflicts ? attributes[i] == attributes[j]
                                                            : type == attribute_type(attributes[j]);
      if (repeats) return invalid("An attribute repeats");
    }
  }
  return {};
}

Result<GasAmount> read_fee(codec::ByteReader& reader) {
  NSL_TRY(const std::int64_t datoshi, reader.read_i64());
  const Result<GasAmount> fee = GasAmount::parse_datoshi(datoshi);
  if (!fee.has_value()) return invalid("A fee is negative");
  return *fee;
}

Result<void> read_signers_and_attributes(codec::ByteReader& reader, Transaction& transaction) {
  NSL_TRY(const std::uint64_t signers, reader.read_varint(limits::kNeoSignersMax));
  for (std::uint64_t i = 0; i < signers; ++i) {
    NSL_TRY(Signer signer, read_signer(reader));
    transaction.signers.push_back(std::move(signer));
  }
  NSL_TRY(const std::uint64_t attributes, reader.read_varint(limits::kNeoSignersMax - signers));
  for (std::uint64_t i = 0; i < attributes; ++i) {
    NSL_TRY(Attribute attribute, read_attribute(reader));
    transaction.attributes.push_back(std::move(attribute));
  }
  return {};
}

Result<Transaction> read_unsigned(codec::ByteReader& reader) {
  Transaction transaction;
  NSL_TRY(const std::uint8_t version, reader.read_u8());
  if (version != kVersion) return fail(Code::unsupported_version);
  NSL_TRY(transaction.nonce, reader.read_u32());
  NSL_TRY(transaction.system_fee, read_fee(reader));
  NSL_TRY(transaction.network_fee, read_fee(reader));
  NSL_TRY(const std::uint32_t valid_until_block, reader.read_u32());
  transaction.valid_until_block = BlockIndex(valid_until_block);
  NSL_TRY_VOID(read_signers_and_attributes(reader, transaction));
  NSL_TRY(const ByteView script, reader.read_var_bytes(limits::kNeoScriptBytesMax));
  transaction.script = to_bytes(script);
  NSL_TRY_VOID(check_unsigned_transaction(transaction));
  return transaction;
}

void write_unsigned(codec::ByteWriter& writer, const Transaction& transaction) {
  writer.write_u8(kVersion).write_u32(transaction.nonce);
  writer.write_i64(transaction.system_fee.datoshi());
  writer.write_i64(transaction.network_fee.datoshi());
  writer.write_u32(transaction.valid_until_block.value());
  writer.write_varint(transaction.signers.size());
  for (const Signer& signer : transaction.signers) write_signer(writer, signer);
  writer.write_varint(transaction.attributes.size());
  for (const Attribute& attribute : transaction.attributes) write_attribute(writer, attribute);
  writer.write_var_bytes(transaction.script);
}

}  // namespace

Result<void> check_unsigned_transaction(const Transaction& transaction) {
  NSL_TRY_VOID(check_counts(transaction.signers.size(), transaction.attributes.size()));
  NSL_TRY_VOID(check_signers(transaction.signers));
  NSL_TRY_VOID(check_attributes(transaction.attributes));
  if (transaction.script.empty() || transaction.script.size() > limits::kNeoScriptBytesMax) {
    return invalid("A script has 1 to 65535 bytes");
  }
  if (!transaction.system_fee.plus(transaction.network_fee).has_value()) {
    return invalid("The fees are too large");
  }
  return {};
}

Result<void> check_transaction(const Transaction& transaction) {
  NSL_TRY_VOID(check_unsigned_transaction(transaction));
  if (transaction.witnesses.size() != transaction.signers.size()) {
    return invalid("A transaction has one witness for each signer");
  }
  for (const Witness& witness : transaction.witnesses) NSL_TRY_VOID(check_witness_size(witness));
  if (encode(transaction).size() > limits::kNeoTransactionBytesMax) {
    return invalid("The transaction is too large");
  }
  return {};
}

Bytes encode_unsigned(const Transaction& transaction) {
  codec::ByteWriter writer;
  write_unsigned(writer, transaction);
  return std::move(writer).take();
}

Bytes encode(const Transaction& transaction) {
  codec::ByteWriter writer;
  write_unsigned(writer, transaction);
  writer.write_varint(transaction.witnesses.size());
  for (const Witness& witness : transaction.witnesses) write_witness(writer, witness);
  return std::move(writer).take();
}

Result<Transaction> read_transaction(codec::ByteReader& reader) {
  const std::size_t before = reader.remaining();
  NSL_TRY(Transaction transaction, read_unsigned(reader));
  NSL_TRY(const std::uint64_t count, reader.read_varint(limits::kNeoSignersMax));
  if (count != transaction.signers.size()) {
    return invalid("A transaction has one witness for each signer");
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    NSL_TRY(Witness witness, read_witness(reader));
    transaction.witnesses.push_back(std::move(witness));
  }
  if (before - reader.remaining() > limits::kNeoTransactionBytesMax) {
    return invalid("The transaction is too large");
  }
  return transaction;
}

Result<Transaction> parse_unsigned_transaction(ByteView bytes) {
  codec::ByteReader reader(bytes);
  NSL_TRY(Transaction transaction, read_unsigned(reader));
  NSL_TRY_VOID(reader.expect_end());
  return transaction;
}

Result<Transaction> parse_transaction(ByteView bytes) {
  codec::ByteReader reader(bytes);
  NSL_TRY(Transaction transaction, read_transaction(reader));
  NSL_TRY_VOID(reader.expect_end());
  return transaction;
}

UInt256 hash_of(const Transaction& transaction) { return sha256_of(encode_unsigned(transaction)); }

Bytes signing_message(NetworkMagic magic, const UInt256& hash) {
  codec::ByteWriter writer;
  writer.write_u32(magic.value()).write_fixed(hash.little_endian());
  return std::move(writer).take();
}

Result<void> verify_witnesses(const Transaction& transaction, NetworkMagic magic) {
  NSL_TRY_VOID(check_transaction(transaction));
  const Bytes message = signing_message(magic, hash_of(transaction));
  for (std::size_t i = 0; i < transaction.signers.size(); ++i) {
    NSL_TRY_VOID(verify_witness(transaction.witnesses[i], transaction.signers[i].account, message));
  }
  return {};
}

}  // namespace nsl::neo
