// Replies of a security module as any bytes.
#include "enclave/attest/nsm_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl::enclave::attest;
  const nsl::ByteView reply(data, size);
  static_cast<void>(parse_describe_module(reply));
  static_cast<void>(parse_describe_register(reply));
  static_cast<void>(parse_get_random(reply));
  static_cast<void>(parse_attestation(reply));
  return 0;
}
