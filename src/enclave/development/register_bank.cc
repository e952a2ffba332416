#include "enclave/development/register_bank.h"

#include <vector>

#include "enclave/development/private_file.h"

namespace nsl::enclave::development {
namespace {

constexpr std::uint32_t kRegisters = 32;
constexpr std::uint32_t kAlwaysDescribed = 16;
constexpr std::size_t kPieceBytes = 1 << 20;

// Bytes that fill the buffer, fewer only at the end of the file.
Result<std::size_t> read_piece(FileReader& reader, std::span<std::uint8_t> buffer) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    NSL_TRY(const std::size_t count, reader.read(buffer.subspan(size)));
    if (count == 0) break;
    size += count;
  }
  return size;
}

Result<crypto::Digest48> measure_file(const std::string& path) {
  NSL_TRY(FileReader reader, FileReader::open(path));
  Bytes piece(kPieceBytes);
  Bytes digests;
  while (true) {
    NSL_TRY(const std::size_t size, read_piece(reader, piece));
    if (size == 0) return crypto::sha384(digests);
    append(digests, crypto::sha384(ByteView(piece).first(size)));
  }
}

}  // namespace

RegisterBank::RegisterBank() {
  for (std::uint32_t index = 0; index < kRegisters; ++index) values_[index] = {};
  for (std::uint32_t index = 0; index < kAlwaysDescribed; ++index) described_[index] = {};
}

Result<void> RegisterBank::extend(std::uint32_t index, ByteView data) {
  if (index >= kRegisters || (locked_ >> index & 1U) != 0) {
    return fail(Code::invalid_argument, "The register cannot be extended");
  }
  Bytes both = to_bytes(ByteView(values_[index]));
  append(both, data);
  values_[index] = crypto::sha384(both);
  if (index < kAlwaysDescribed) described_[index] = values_[index];
  return {};
}

Result<void> RegisterBank::lock(std::uint32_t index) {
  if (index >= kRegisters) return fail(Code::invalid_argument, "No such register");
  locked_ |= 1U << index;
  described_[index] = values_[index];
  return {};
}

Result<crypto::Digest48> measure_files(std::span<const std::string> paths) {
  Bytes digests;
  for (const std::string& path : paths) {
    NSL_TRY(const crypto::Digest48 digest, measure_file(path));
    append(digests, digest);
  }
  return crypto::sha384(digests);
}

}  // namespace nsl::enclave::development
