// The payload of a receipt: Receipt to deterministic CBOR and back. Every receipt has one encoding,
// and only that one is read.
#pragma once

#include "core/receipt/receipt.h"

namespace nsl::receipt {

Bytes encode_payload(const Receipt& receipt);

// Code::receipt_malformed names the field that is wrong.
Result<Receipt> parse_payload(ByteView bytes);

}  // namespace nsl::receipt
