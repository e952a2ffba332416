// Requests to the Nitro security module and its replies, in CBOR as aws-nitro-enclaves-nsm-api
// (src/api/mod.rs) defines them: a request without arguments is its name as text, any other a map
// of one entry, name to arguments; replies likewise, errors as {"Error": name}.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/hash.h"
#include "enclave/attest/security_module.h"

namespace nsl::enclave::attest {

// What the device takes and gives in one exchange.
inline constexpr std::size_t kNsmRequestBytesMax = 0x1000;
inline constexpr std::size_t kNsmReplyBytesMax = 0x3000;

Bytes encode_describe_module();
Bytes encode_describe_register(std::uint16_t index);
Bytes encode_get_random();
Bytes encode_attestation(const AttestationRequest& request);

struct NsmDescription {
  std::string module_id;
  std::uint16_t registers_max = 0;
  std::vector<std::uint16_t> locked_registers;
};

// Code::attestation_unavailable for an error reply, with the module's own word as detail, and for a
// reply that is not the one asked for.
Result<NsmDescription> parse_describe_module(ByteView reply);
Result<crypto::Digest48> parse_describe_register(ByteView reply);
Result<Bytes> parse_get_random(ByteView reply);
Result<Bytes> parse_attestation(ByteView reply);

}  // namespace nsl::enclave::attest
