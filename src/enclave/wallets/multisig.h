// Wallets of several keys. They have no key of their own: what they sign is a proposal
// (enclave/proposals), and each of their keys signs for itself.
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "enclave/router/call.h"
#include "enclave/wallets/wallet_book.h"
#include "nsl/v1/wallet.pb.h"

namespace nsl::enclave::wallets {

// The verification script of the keys a request names. Code::limit_exceeded for more keys or
// signatures than a witness holds.
Result<Bytes> make_multisig(const WalletBook& book, const router::Call& call,
                            const nsl::v1::CreateMultisigWalletRequest& request);

// Writes what the script says into the wallet. It must be of make_multisig().
void set_multisig(nsl::v1::Wallet& wallet, ByteView script);

}  // namespace nsl::enclave::wallets
