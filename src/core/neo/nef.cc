#include "core/neo/nef.h"

#include "core/base/assert.h"
#include "core/codec/byte_io.h"
#include "core/codec/utf8.h"
#include "core/crypto/hash.h"

namespace nsl::neo {
namespace {

// "NEF3", little-endian.
constexpr std::uint32_t kMagic = 0x3346454E;
constexpr std::size_t kChecksumBytes = 4;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_nef, std::move(message));
}

Result<std::string> read_text(codec::ByteReader& reader, std::size_t bytes_max) {
  NSL_TRY(const ByteView bytes, reader.read_var_bytes(bytes_max));
  return to_string(bytes);
}

Result<bool> read_boolean(codec::ByteReader& reader) {
  NSL_TRY(const std::uint8_t byte, reader.read_u8());
  if (byte > 1) return invalid("A boolean is 0 or 1");
  return byte == 1;
}

Result<MethodToken> read_token(codec::ByteReader& reader) {
  MethodToken token;
  NSL_TRY(const UInt160::Array hash, reader.read_array<UInt160::kSize>());
  token.contract = UInt160(hash);
  NSL_TRY(token.method, read_text(reader, kNefMethodBytesMax));
  NSL_TRY(token.parameter_count, reader.read_u16());
  NSL_TRY(token.has_return_value, read_boolean(reader));
  NSL_TRY(const std::uint8_t flags, reader.read_u8());
  token.call_flags = static_cast<CallFlags>(flags);
  return token;
}

void write_token(codec::ByteWriter& writer, const MethodToken& token) {
  writer.write_fixed(token.contract.little_endian()).write_var_bytes(as_bytes(token.method));
  writer.write_u16(token.parameter_count).write_u8(token.has_return_value ? 1 : 0);
  writer.write_u8(static_cast<std::uint8_t>(token.call_flags));
}

// Everything in front of the checksum.
Bytes encode_content(const Nef& nef) {
  codec::ByteWriter writer;
  Bytes compiler = to_bytes(nef.compiler);
  compiler.resize(kNefCompilerBytesMax);
  writer.write_u32(kMagic).write_fixed(compiler);
  writer.write_var_bytes(as_bytes(nef.source)).write_u8(0);
  writer.write_varint(nef.tokens.size());
  for (const MethodToken& each : nef.tokens) write_token(writer, each);
  writer.write_u16(0).write_var_bytes(nef.script);
  return std::move(writer).take();
}

std::uint32_t checksum_of(ByteView content) {
  const crypto::Digest32 digest = crypto::hash256(content);
  codec::ByteReader reader(digest);
  return reader.read_u32().value();
}

std::string trim_zeros(ByteView bytes) {
  std::size_t size = bytes.size();
  while (size > 0 && bytes[size - 1] == 0) --size;
  return to_string(bytes.first(size));
}

Result<void> check_token(const MethodToken& token) {
  if (token.method.size() > kNefMethodBytesMax || !codec::is_valid_utf8(token.method)) {
    return invalid("A method name is too long or not UTF-8");
  }
  if (token.method.starts_with('_')) return invalid("A called method may not start with _");
  const auto unknown = static_cast<std::uint8_t>(~static_cast<std::uint8_t>(CallFlags::all));
  if ((static_cast<std::uint8_t>(token.call_flags) & unknown) != 0) {
    return invalid("Unknown call flags");
  }
  return {};
}

Result<Nef> read_content(codec::ByteReader& reader) {
  Nef nef;
  NSL_TRY(const std::uint32_t magic, reader.read_u32());
  if (magic != kMagic) return invalid("The file does not start with NEF3");
  NSL_TRY(const ByteView compiler, reader.read_fixed(kNefCompilerBytesMax));
  nef.compiler = trim_zeros(compiler);
  NSL_TRY(nef.source, read_text(reader, kNefSourceBytesMax));
  NSL_TRY(const std::uint8_t reserved, reader.read_u8());
  NSL_TRY(const std::uint64_t count, reader.read_varint(kNefTokensMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    NSL_TRY(MethodToken token, read_token(reader));
    nef.tokens.push_back(std::move(token));
  }
  NSL_TRY(const std::uint16_t reserved_more, reader.read_u16());
  if (reserved != 0 || reserved_more != 0) return invalid("Reserved bytes must be zero");
  NSL_TRY(const ByteView script, reader.read_var_bytes(kNefBytesMax));
  nef.script = to_bytes(script);
  NSL_TRY_VOID(check_nef(nef));
  return nef;
}

}  // namespace

Result<void> check_nef(const Nef& nef) {
  if (nef.compiler.size() > kNefCompilerBytesMax || !codec::is_valid_utf8(nef.compiler) ||
      nef.compiler.ends_with('\0')) {
    return invalid("The compiler's name is too long or not UTF-8");
  }
  if (nef.source.size() > kNefSourceBytesMax || !codec::is_valid_utf8(nef.source)) {
    return invalid("The source is too long or not UTF-8");
  }
  if (nef.tokens.size() > kNefTokensMax) return invalid("Too many method tokens");
  for (const MethodToken& each : nef.tokens) NSL_TRY_VOID(check_token(each));
  if (nef.script.empty()) return invalid("The script is empty");
  if (nef.script.size() > kNefBytesMax ||
      encode_content(nef).size() + kChecksumBytes > kNefBytesMax) {
    return invalid("The file is too large");
  }
  return {};
}

Bytes encode(const Nef& nef) {
  NSL_ASSERT(check_nef(nef).has_value());
  codec::ByteWriter writer;
  const Bytes content = encode_content(nef);
  writer.write_fixed(content).write_u32(checksum_of(ByteView(content)));
  return std::move(writer).take();
}

std::uint32_t checksum_of(const Nef& nef) { return checksum_of(ByteView(encode_content(nef))); }

Result<Nef> parse_nef(ByteView bytes) {
  NSL_TRY(NefContent content, parse_nef_leniently(bytes));
  if (!content.is_checksum_valid) return invalid("The checksum is of other content");
  return std::move(content.nef);
}

Result<NefContent> parse_nef_leniently(ByteView bytes) {
  if (bytes.size() > kNefBytesMax) return invalid("The file is too large");
  codec::ByteReader reader(bytes);
  NefContent content{};
  NSL_TRY(content.nef, read_content(reader));
  const std::size_t content_size = bytes.size() - reader.remaining();
  NSL_TRY(content.stated_checksum, reader.read_u32());
  NSL_TRY_VOID(reader.expect_end());
  content.is_checksum_valid = content.stated_checksum == checksum_of(bytes.first(content_size));
  return content;
}

}  // namespace nsl::neo
