// Signatures in numbers: OpenSSL's EVP interface verifies what our batches sign. It shares no code
// with p256_verify(), which takes another way through OpenSSL.
#include <gtest/gtest.h>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "core/crypto/openssl_handle.h"
#include "core/crypto/p256.h"

namespace nsl::crypto {
namespace {

using internal::Handle;
using EvpKey = Handle<EVP_PKEY, EVP_PKEY_free>;
using EvpContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

// Sanitizers make it ten times slower; the count is about chance, not about memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kMessages = 5000;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::size_t kMessages = 5000;
#else
constexpr std::size_t kMessages = 100000;
#endif
#else
constexpr std::size_t kMessages = 100000;
#endif
constexpr std::size_t kBatch = 100;

EvpKey import_key(const P256PublicKey& key) {
  const EvpContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  std::array<char, 11> group{"prime256v1"};
  auto point = key.uncompressed();
  std::array<OSSL_PARAM, 3> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* imported = nullptr;
  EXPECT_EQ(EVP_PKEY_fromdata_init(context.get()), 1);
  EXPECT_EQ(EVP_PKEY_fromdata(context.get(), &imported, EVP_PKEY_PUBLIC_KEY, parameters.data()), 1);
  return EvpKey(imported);
}

// DER of r and s, the only form EVP takes.
Bytes to_der(const P256Signature& signature) {
  const Handle<ECDSA_SIG, ECDSA_SIG_free> parsed(ECDSA_SIG_new());
  ECDSA_SIG_set0(parsed.get(), BN_bin2bn(signature.data(), 32, nullptr),
                 BN_bin2bn(signature.data() + 32, 32, nullptr));
  Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(parsed.get(), nullptr)));
  std::uint8_t* end = der.data();
  i2d_ECDSA_SIG(parsed.get(), &end);
  return der;
}

TEST(P256, OpenSslVerifiesAHundredThousandRandomSignatures) {
  SeededRandom random(92);
  for (std::size_t done = 0; done < kMessages; done += kBatch) {
    const P256PrivateKey key = P256PrivateKey::generate(random);
    std::vector<P256SignRequest> requests;
    for (std::size_t i = 0; i < kBatch; ++i) {
      requests.push_back({.key = &key, .digest = sha256(random.bytes<40>())});
    }
    const std::vector<P256Signature> signatures = p256_sign_batch(requests);
    const EvpKey imported = import_key(key.public_key());
    const EvpContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, imported.get(), nullptr));
    ASSERT_EQ(EVP_PKEY_verify_init(context.get()), 1);
    for (std::size_t i = 0; i < kBatch; ++i) {
      const Bytes der = to_der(signatures[i]);
      ASSERT_EQ(EVP_PKEY_verify(context.get(), der.data(), der.size(), requests[i].digest.data(),
                                requests[i].digest.size()),
                1)
          << "message " << done + i;
    }
    // One in a hundred also alone: the same bytes.
    ASSERT_EQ(p256_sign_digest(key, requests[0].digest), signatures[0]);
  }
}

}  // namespace
}  // namespace nsl::crypto
