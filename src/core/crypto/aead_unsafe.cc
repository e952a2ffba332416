#include "core/crypto/aead.h"

#include <climits>

#include <openssl/evp.h>

#include "core/base/assert.h"
#include "core/crypto/openssl_handle.h"

namespace nsl::crypto {
namespace {

using Cipher = internal::Handle<EVP_CIPHER, EVP_CIPHER_free>;
using CipherContext = internal::Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

constexpr std::size_t kBlockBytes = 16;

// Fetching a cipher and making a context cost more than sealing a short record, so each thread
// keeps its own. The key schedule is reset after every use.
struct ThreadCiphers {
  // SAFETY: names of algorithms the default provider always has; null is refused in `ready`.
  Cipher aes_128_gcm{EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr)};
  Cipher aes_256_gcm{EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)};
  Cipher aes_256_ecb{EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr)};
  CipherContext context{EVP_CIPHER_CTX_new()};

  bool ready() const { return aes_128_gcm && aes_256_gcm && aes_256_ecb && context; }
};

ThreadCiphers& thread_ciphers() {
  thread_local ThreadCiphers ciphers;
  NSL_ASSERT(ciphers.ready());
  return ciphers;
}

const EVP_CIPHER* gcm_for(const ThreadCiphers& ciphers, std::size_t key_size) {
  NSL_ASSERT(key_size == 16 || key_size == 32);
  return key_size == 16 ? ciphers.aes_128_gcm.get() : ciphers.aes_256_gcm.get();
}

int checked_int(std::size_t size) {
  NSL_ASSERT(size <= INT_MAX);
  return static_cast<int>(size);
}

// Clears the key schedule whichever way the caller leaves.
class ContextUse {
 public:
  explicit ContextUse(EVP_CIPHER_CTX* context) : context_(context) {}
  // SAFETY: the context outlives this object; reset wipes the key schedule.
  ~ContextUse() { EVP_CIPHER_CTX_reset(context_); }
  ContextUse(const ContextUse&) = delete;
  ContextUse& operator=(const ContextUse&) = delete;
  EVP_CIPHER_CTX* get() const { return context_; }

 private:
  EVP_CIPHER_CTX* context_;
};

// OpenSSL takes a null output with a null input for "no more data", so empty spans are skipped.
bool update(EVP_CIPHER_CTX* context, ByteView input, std::uint8_t* output) {
  int written = 0;
  if (input.empty()) return true;
  // SAFETY: output is null for associated data, else has room for input.size() bytes (GCM writes as
  // many as it reads).
  return EVP_CipherUpdate(context, output, &written, input.data(), checked_int(input.size())) == 1;
}

Result<void> open_into(const AeadInput& input, ByteView sealed, std::span<std::uint8_t> target) {
  NSL_ASSERT(target.size() + kAeadTagBytes == sealed.size());
  ThreadCiphers& ciphers = thread_ciphers();
  const ContextUse use(ciphers.context.get());
  std::array<std::uint8_t, kAeadTagBytes> tag{};
  std::copy_n(sealed.last<kAeadTagBytes>().begin(), kAeadTagBytes, tag.begin());
  int written = 0;
  std::uint8_t none = 0;
  // SAFETY: key and nonce have the sizes the cipher reads; the tag is a local copy of 16 bytes.
  const bool is_ready =
      EVP_DecryptInit_ex2(use.get(), gcm_for(ciphers, input.key.size()), input.key.data(),
                          input.nonce.data(), nullptr) == 1 &&
      update(use.get(), input.associated_data, nullptr) &&
      update(use.get(), sealed.first(target.size()), target.data()) &&
      EVP_CIPHER_CTX_ctrl(use.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagBytes, tag.data()) == 1;
  NSL_ASSERT(is_ready);
  // SAFETY: GCM writes nothing here; it compares the tag.
  if (EVP_DecryptFinal_ex(use.get(), &none, &written) != 1) {
    wipe(target);
    return fail(Code::decryption_failed);
  }
  return {};
}

}  // namespace

void aead_seal_into(const AeadInput& input, ByteView plaintext, std::span<std::uint8_t> target) {
  NSL_ASSERT(target.size() == plaintext.size() + kAeadTagBytes);
  ThreadCiphers& ciphers = thread_ciphers();
  const ContextUse use(ciphers.context.get());
  int written = 0;
  std::uint8_t none = 0;
  // SAFETY: key and nonce have the sizes the cipher reads; the target has room for ciphertext and
  // tag, asserted above.
  const bool is_sealed = EVP_EncryptInit_ex2(use.get(), gcm_for(ciphers, input.key.size()),
                                             input.key.data(), input.nonce.data(), nullptr) == 1 &&
                         update(use.get(), input.associated_data, nullptr) &&
                         update(use.get(), plaintext, target.data()) &&
                         EVP_EncryptFinal_ex(use.get(), &none, &written) == 1 &&
                         EVP_CIPHER_CTX_ctrl(use.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagBytes,
                                             target.last(kAeadTagBytes).data()) == 1;
  NSL_ASSERT(is_sealed);
}

Bytes aead_seal(const AeadInput& input, ByteView plaintext) {
  Bytes sealed(plaintext.size() + kAeadTagBytes);
  aead_seal_into(input, plaintext, sealed);
  return sealed;
}

Result<Bytes> aead_open(const AeadInput& input, ByteView sealed) {
  if (sealed.size() < kAeadTagBytes) return fail(Code::decryption_failed);
  Bytes plaintext(sealed.size() - kAeadTagBytes);
  NSL_TRY_VOID(open_into(input, sealed, plaintext));
  return plaintext;
}

Result<SecretBytes> aead_open_secret(const AeadInput& input, ByteView sealed) {
  if (sealed.size() < kAeadTagBytes) return fail(Code::decryption_failed);
  SecretBytes plaintext(sealed.size() - kAeadTagBytes);
  NSL_TRY_VOID(open_into(input, sealed, plaintext.reveal_mutable()));
  return plaintext;
}

void aes_256_ecb(std::span<const std::uint8_t, 32> key, EcbDirection direction, ByteView input,
                 std::span<std::uint8_t> output) {
  NSL_ASSERT(input.size() == output.size() && input.size() % kBlockBytes == 0);
  ThreadCiphers& ciphers = thread_ciphers();
  const ContextUse use(ciphers.context.get());
  // SAFETY: a 32-byte key; the output is as long as the input and without padding nothing more is
  // written.
  const bool is_done = EVP_CipherInit_ex2(use.get(), ciphers.aes_256_ecb.get(), key.data(), nullptr,
                                          direction == EcbDirection::seal ? 1 : 0, nullptr) == 1 &&
                       EVP_CIPHER_CTX_set_padding(use.get(), 0) == 1 &&
                       update(use.get(), input, output.data());
  NSL_ASSERT(is_done);
}

}  // namespace nsl::crypto
