// KeyTransfer: keys that come from elsewhere and keys that are given out, in the forms Neo wallets
// know. Nothing is stored here.
//
// TRUST: an imported key was known to somebody before; what the enclave promises of its own keys it
// cannot promise of this one.
#pragma once

#include "core/base/result.h"
#include "core/neo/key.h"
#include "nsl/v1/wallet.pb.h"

namespace nsl::enclave::wallets {

// The key a request brings. The codes are those of the form: invalid_wif, invalid_nep2,
// wrong_passphrase, invalid_nep6, invalid_mnemonic.
Result<neo::PrivateKey> parse_imported_key(const nsl::v1::ImportWalletRequest& request);

// WIF, or NEP-2 when there is a passphrase.
Result<nsl::v1::WalletKey> to_exported_key(const neo::PrivateKey& key,
                                           const std::string& passphrase);

}  // namespace nsl::enclave::wallets
