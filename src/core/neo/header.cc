#include "core/neo/header.h"

#include <fmt/format.h>

#include "core/neo/transaction.h"

namespace nsl::neo {
namespace {

constexpr std::uint32_t kVersion = 0;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_block, std::move(message));
}

void write_unsigned(codec::ByteWriter& writer, const Header& header) {
  writer.write_u32(kVersion);
  writer.write_fixed(header.previous_hash.little_endian());
  writer.write_fixed(header.merkle_root.little_endian());
  writer.write_u64(header.timestamp_ms).write_u64(header.nonce);
  writer.write_u32(header.index.value()).write_u8(header.primary_index);
  writer.write_fixed(header.next_consensus.little_endian());
}

Result<void> verify_next(const Header& previous, const Header& header, NetworkMagic magic,
                         WitnessVerifier& verifier) {
  if (header.previous_hash != hash_of(previous)) return invalid("Another block comes before");
  // The index may not wrap around.
  if (previous.index.value() == UINT32_MAX || header.index.value() != previous.index.value() + 1) {
    return invalid("The height does not follow");
  }
  if (header.timestamp_ms <= previous.timestamp_ms) return invalid("Time does not go on");
  return verifier.verify(header.witness, previous.next_consensus,
                         signing_message(magic, hash_of(header)));
}

}  // namespace

Bytes encode_unsigned(const Header& header) {
  codec::ByteWriter writer;
  write_unsigned(writer, header);
  return std::move(writer).take();
}

Bytes encode(const Header& header) {
  codec::ByteWriter writer;
  write_unsigned(writer, header);
  writer.write_varint(1);
  write_witness(writer, header.witness);
  return std::move(writer).take();
}

UInt256 hash_of(const Header& header) { return sha256_of(encode_unsigned(header)); }

Result<Header> read_header(codec::ByteReader& reader) {
  Header header;
  NSL_TRY(const std::uint32_t version, reader.read_u32());
  if (version != kVersion) return fail(Code::unsupported_version);
  NSL_TRY(const auto previous_hash, reader.read_array<UInt256::kSize>());
  NSL_TRY(const auto merkle_root, reader.read_array<UInt256::kSize>());
  NSL_TRY(header.timestamp_ms, reader.read_u64());
  NSL_TRY(header.nonce, reader.read_u64());
  NSL_TRY(const std::uint32_t index, reader.read_u32());
  NSL_TRY(header.primary_index, reader.read_u8());
  NSL_TRY(const auto next_consensus, reader.read_array<UInt160::kSize>());
  NSL_TRY(const std::uint64_t witnesses, reader.read_varint());
  if (witnesses != 1) return invalid("A header has one witness");
  NSL_TRY(header.witness, read_witness(reader));
  header.previous_hash = UInt256(previous_hash);
  header.merkle_root = UInt256(merkle_root);
  header.index = BlockIndex(index);
  header.next_consensus = UInt160(next_consensus);
  return header;
}

Result<Header> parse_header(ByteView bytes) {
  codec::ByteReader reader(bytes);
  NSL_TRY(Header header, read_header(reader));
  NSL_TRY_VOID(reader.expect_end());
  return header;
}

Result<void> verify_successor(const Header& previous, const Header& header, NetworkMagic magic) {
  WitnessVerifier verifier;
  return verify_next(previous, header, magic, verifier);
}

Result<void> verify_headers(const Header& trusted, std::span<const Header> headers,
                            NetworkMagic magic) {
  const Header* previous = &trusted;
  WitnessVerifier verifier;
  for (const Header& header : headers) {
    const Result<void> verified = verify_next(*previous, header, magic, verifier);
    if (!verified.has_value()) {
      return fail(verified.error().code(),
                  fmt::format("Header {}: {}", header.index.value(), verified.error().message()));
    }
    previous = &header;
  }
  return {};
}

Result<void> verify_later(const Header& trusted, const Header& header, NetworkMagic magic) {
  if (header.index <= trusted.index || header.timestamp_ms <= trusted.timestamp_ms) {
    return invalid("The header does not come later");
  }
  return verify_witness(header.witness, trusted.next_consensus,
                        signing_message(magic, hash_of(header)));
}

}  // namespace nsl::neo
