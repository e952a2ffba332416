// Certificates as PEM text (RFC 7468): exactly one per text, the strict form that is written here
// and by OpenSSL, with nothing but line ends around it.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::crypto {

std::string encode_certificate_pem(ByteView der);

// Code::invalid_certificate for any other text. The DER is not looked into.
Result<Bytes> decode_certificate_pem(std::string_view text);

}  // namespace nsl::crypto
