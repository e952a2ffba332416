#include "enclave/wallets/key_transfer.h"

#include "core/crypto/slip10.h"
#include "core/neo/address.h"
#include "core/neo/mnemonic.h"
#include "core/neo/nep2.h"
#include "core/neo/nep6.h"

namespace nsl::enclave::wallets {
namespace {

Result<const neo::Nep6Account*> choose_account(const neo::Nep6Wallet& wallet,
                                               const std::string& address) {
  const neo::Nep6Account* chosen = nullptr;
  std::optional<neo::UInt160> asked;
  if (!address.empty()) {
    NSL_TRY(asked, neo::parse_account(address));
  }
  for (const neo::Nep6Account& account : wallet.accounts) {
    const bool is_it = asked.has_value() ? account.account == *asked
                                         : account.is_default || wallet.accounts.size() == 1;
    if (is_it) chosen = &account;
  }
  if (chosen == nullptr) {
    return fail(Code::invalid_nep6, "/nep6/address: name one of the file's accounts");
  }
  if (neo::kind_of(*chosen) != neo::Nep6AccountKind::single || chosen->key.empty()) {
    return fail(Code::invalid_nep6, "/nep6/address: is no account of one key with its key");
  }
  return chosen;
}

Result<neo::PrivateKey> open_file(const nsl::v1::WalletFile& file) {
  NSL_TRY(const neo::Nep6Wallet wallet, neo::parse_nep6(std::string_view(file.wallet())));
  NSL_TRY(const neo::Nep6Account* const account, choose_account(wallet, file.address()));
  return neo::open_account(wallet, *account, as_bytes(file.passphrase()));
}

Result<neo::PrivateKey> derive(const nsl::v1::Mnemonic& mnemonic) {
  if (mnemonic.index() >= crypto::kSlip10Hardened) {
    return fail(Code::invalid_argument, "/mnemonic/index: is at most 2147483647");
  }
  NSL_TRY(const Secret<64> seed, neo::mnemonic_seed(mnemonic.words(), mnemonic.passphrase()));
  return neo::derive_account_key(seed, mnemonic.index());
}

}  // namespace

Result<neo::PrivateKey> parse_imported_key(const nsl::v1::ImportWalletRequest& request) {
  switch (request.key_case()) {
    case nsl::v1::ImportWalletRequest::kWif:
      return neo::parse_wif(request.wif());
    case nsl::v1::ImportWalletRequest::kNep2:
      return neo::open_nep2(request.nep2().key(), as_bytes(request.nep2().passphrase()));
    case nsl::v1::ImportWalletRequest::kNep6:
      return open_file(request.nep6());
    case nsl::v1::ImportWalletRequest::kMnemonic:
      return derive(request.mnemonic());
    case nsl::v1::ImportWalletRequest::KEY_NOT_SET:
      break;
  }
  return fail(Code::invalid_argument, "/wif: give wif, nep2, nep6 or mnemonic");
}

Result<nsl::v1::WalletKey> to_exported_key(const neo::PrivateKey& key,
                                           const std::string& passphrase) {
  nsl::v1::WalletKey reply;
  reply.set_address(neo::to_address(key.public_key()));
  if (passphrase.empty()) {
    const SecretBytes wif = neo::to_wif(key);
    reply.set_wif(std::string(as_text(wif.reveal())));
    return reply;
  }
  NSL_TRY(*reply.mutable_nep2(), neo::seal_nep2(key, as_bytes(passphrase)));
  return reply;
}

}  // namespace nsl::enclave::wallets
