#include "core/crypto/pem.h"

#include "core/codec/base64.h"

namespace nsl::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
constexpr std::size_t kLineCharacters = 64;

}  // namespace

std::string encode_certificate_pem(ByteView der) {
  const std::string digits = codec::encode_base64(der);
  std::string text(kBegin);
  for (std::size_t i = 0; i < digits.size(); i += kLineCharacters) {
    text += '\n';
    text += digits.substr(i, kLineCharacters);
  }
  text += '\n';
  text += kEnd;
  text += '\n';
  return text;
}

Result<Bytes> decode_certificate_pem(std::string_view text) {
  std::string digits;
  bool has_begun = false;
  bool has_ended = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() && (!has_begun || has_ended)) continue;
    if (has_ended || line.empty() || (!has_begun && line != kBegin)) {
      return fail(Code::invalid_certificate, "Not one certificate in PEM form");
    }
    if (!has_begun) {
      has_begun = true;
    } else if (line == kEnd) {
      has_ended = true;
    } else {
      digits += line;
    }
  }
  Result<Bytes> der = codec::decode_base64(digits);
  if (!has_ended || !der.has_value() || der->empty()) {
    return fail(Code::invalid_certificate, "Not one certificate in PEM form");
  }
  return der;
}

}  // namespace nsl::crypto
