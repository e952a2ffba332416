// Between the files of this folder: the envelope of a document, and the registers that tell a
// debug-mode enclave.
#pragma once

#include <array>
#include <cstdint>

#include "core/attestation/attestation.h"
#include "core/codec/cose.h"

namespace nsl::attestation {

// Image, kernel and boot ramdisk, application: all zero in debug mode.
inline constexpr std::array<std::uint32_t, 3> kMeasuredRegisters = {0, 1, 2};

Result<codec::CoseSign1> parse_envelope(ByteView bytes);
Result<Document> parse_document(const codec::CoseSign1& envelope);

}  // namespace nsl::attestation
