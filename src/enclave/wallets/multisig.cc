#include "enclave/wallets/multisig.h"

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/neo/contract.h"

namespace nsl::enclave::wallets {
namespace {

Result<neo::PublicKey> key_of(const WalletBook& book, const router::Call& call,
                              const nsl::v1::MultisigSigner& signer) {
  if (signer.signer_case() == nsl::v1::MultisigSigner::kPublicKey) {
    return neo::parse_public_key(as_bytes(signer.public_key()));
  }
  if (signer.signer_case() != nsl::v1::MultisigSigner::kWallet) {
    return fail(Code::invalid_argument, "/signers: each has a wallet or a public_key");
  }
  NSL_TRY(const WalletRecord wallet, book.get(call.account(), signer.wallet(), call.deadline));
  NSL_TRY_VOID(check_single_key(wallet.value.wallet()));
  return neo::parse_public_key(as_bytes(wallet.value.wallet().public_key()));
}

}  // namespace

Result<Bytes> make_multisig(const WalletBook& book, const router::Call& call,
                            const nsl::v1::CreateMultisigWalletRequest& request) {
  if (request.signers_size() > limits::kMultisigKeysMax) {
    return fail(Code::limit_exceeded,
                fmt::format("/signers: are at most {}", limits::kMultisigKeysMax));
  }
  if (request.threshold() > limits::kMultisigThresholdMax) {
    return fail(Code::limit_exceeded,
                fmt::format("/threshold: is at most {}", limits::kMultisigThresholdMax));
  }
  if (request.threshold() == 0 ||
      request.threshold() > static_cast<std::uint32_t>(request.signers_size())) {
    return fail(Code::invalid_argument, "/threshold: is 1 to the number of signers");
  }
  std::vector<neo::PublicKey> keys;
  for (const nsl::v1::MultisigSigner& signer : request.signers()) {
    NSL_TRY(const neo::PublicKey key, key_of(book, call, signer));
    keys.push_back(key);
  }
  Result<Bytes> script = neo::make_multisig_script(request.threshold(), std::move(keys));
  if (script.has_value()) return script;
  return fail(Code::invalid_argument, "/signers: a key repeats");
}

void set_multisig(nsl::v1::Wallet& wallet, ByteView script) {
  const auto parsed = neo::parse_multisig_script(script);
  NSL_ASSERT(parsed.has_value());
  wallet.set_threshold(static_cast<std::uint32_t>(parsed->threshold));
  wallet.set_verification_script(script.data(), script.size());
  for (const neo::PublicKey& key : parsed->keys) {
    const auto compressed = key.compressed();
    wallet.add_public_keys(compressed.data(), compressed.size());
  }
}

}  // namespace nsl::enclave::wallets
