// Whether a passphrase is in Unicode normalisation form C, which NEP-2 asks for. The check is the
// quick check of UAX #15: text it accepts is in that form for certain; the rare text it refuses
// (a combining mark that might join the letter before it) must be normalised by whoever typed it.
#pragma once

#include "core/base/bytes.h"

namespace nsl::neo {

// False also for bytes that are not UTF-8.
bool is_certainly_nfc(ByteView utf8);

}  // namespace nsl::neo
