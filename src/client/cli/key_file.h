// Reads the private key that signs in: a WIF, a NEP-2 key, or a NEP-6 wallet holding NEP-2 keys. A
// passphrase is asked for without echo.
#pragma once

#include <string>
#include <string_view>

#include "client/cli/terminal.h"
#include "core/base/result.h"
#include "core/neo/key.h"

namespace nsl::client::cli {

// `address` chooses the account of a wallet that has several without a default one; empty: no
// choice.
Result<neo::PrivateKey> read_neo_key(Terminal& terminal, std::string_view text,
                                     std::string_view address);

}  // namespace nsl::client::cli
