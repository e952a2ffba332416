#include "enclave/keys/key_tree.h"

#include <initializer_list>
#include <utility>

#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "core/crypto/hmac.h"
#include "enclave/keys/path.h"

namespace nsl::enclave::keys {
namespace {

// Each candidate is rejected with a probability below 2^-32.
constexpr std::uint32_t kSigningKeyAttemptsMax = 8;

Bytes path_of(std::string_view label, std::initializer_list<std::string_view> parts) {
  Bytes path = to_bytes(label);
  for (const std::string_view part : parts) append_text(path, part);
  return path;
}

Secret<32> derive(const Secret<32>& parent, ByteView path) {
  Secret<32> key;
  crypto::hkdf_sha256_expand(parent.reveal(), path, key.reveal_mutable());
  return key;
}

Secret<32> derive_epoch_key(const Secret<32>& root_seed, Epoch epoch) {
  Bytes path = path_of("nsl epoch key 1", {});
  append_number(path, epoch.value(), 4);
  return derive(root_seed, path);
}

}  // namespace

KeyTree::KeyTree(Secret<32> root_seed, Epoch epoch)
    : root_seed_(std::move(root_seed)),
      epoch_(epoch),
      present_epoch_key_(derive_epoch_key(root_seed_, epoch)) {
  NSL_ASSERT(epoch.value() > 0);
}

Secret<32> KeyTree::epoch_key(Epoch epoch) const {
  return epoch == epoch_ ? present_epoch_key_.duplicate() : derive_epoch_key(root_seed_, epoch);
}

Secret<32> KeyTree::account_key(Epoch epoch, std::string_view account) const {
  return derive(epoch_key(epoch), path_of("nsl account key 1", {account}));
}

Secret<32> KeyTree::token_key() const {
  return derive(present_epoch_key_, path_of("nsl token key 1", {}));
}

Secret<32> KeyTree::name_key() const { return derive(root_seed_, path_of("nsl name key 1", {})); }

crypto::P256PrivateKey KeyTree::derive_signing_key(std::string_view account,
                                                   std::string_view wallet_id) const {
  const Bytes path = path_of("nsl signing key 1", {account, wallet_id});
  for (std::uint32_t attempt = 0; attempt < kSigningKeyAttemptsMax; ++attempt) {
    Bytes candidate_path = path;
    append_number(candidate_path, attempt, 4);
    auto key = crypto::P256PrivateKey::from_secret(derive(root_seed_, candidate_path));
    if (key.has_value()) return std::move(*key);
  }
  // Not reachable but by a broken hash.
  NSL_ASSERT(false);
  std::unreachable();
}

}  // namespace nsl::enclave::keys
