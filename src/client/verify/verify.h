// Evidence checked offline: a file is a receipt or an attestation document, and one trust anchor
// decides. Needs no service and no network.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/attestation/attestation.h"
#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/receipt/receipt.h"

namespace nsl::client::verify {

// What a file turned out to be, all checks passed.
struct Evidence {
  // A receipt, with the attestation inside it.
  std::optional<receipt::VerifiedReceipt> receipt;
  // A document alone: whose enclave it is, not which keys it binds.
  std::optional<attestation::Document> document;
};

// The error names exactly what is wrong. Both kinds are checked at the document's own timestamp.
Result<Evidence> check_evidence(ByteView file, const attestation::TrustAnchor& anchor,
                                const attestation::Registers& measurements);

}  // namespace nsl::client::verify
