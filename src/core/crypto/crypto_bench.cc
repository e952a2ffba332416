// Costs of what a signed or sealed request does, beside OpenSSL's own signature.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <benchmark/benchmark.h>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>

#include "core/crypto/committed_aead.h"
#include "core/crypto/hmac.h"
#include "core/crypto/hpke.h"
#include "core/crypto/openssl_handle.h"
#include "core/crypto/p256.h"
#include "core/crypto/p256_scalar.h"

namespace nsl::crypto {
namespace {

P256PrivateKey bench_key() {
  SeededRandom random(1);
  return P256PrivateKey::generate(random);
}

void OpenSslSign(benchmark::State& state) {
  const internal::Handle<EC_KEY, EC_KEY_free> key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  EC_KEY_generate_key(key.get());
  const Digest32 digest = sha256(as_bytes("message"));
  for (auto _ : state) {
    ECDSA_SIG* signature = ECDSA_do_sign(digest.data(), 32, key.get());
    benchmark::DoNotOptimize(signature);
    ECDSA_SIG_free(signature);
  }
}
BENCHMARK(OpenSslSign);

void Sign(benchmark::State& state) {
  const P256PrivateKey key = bench_key();
  Digest32 digest = sha256(as_bytes("message"));
  for (auto _ : state) benchmark::DoNotOptimize(p256_sign_digest(key, digest));
}
BENCHMARK(Sign);

void SignBatch(benchmark::State& state) {
  const P256PrivateKey key = bench_key();
  const std::vector<P256SignRequest> requests(static_cast<std::size_t>(state.range(0)),
                                              {.key = &key, .digest = sha256(as_bytes("m"))});
  for (auto _ : state) benchmark::DoNotOptimize(p256_sign_batch(requests));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(SignBatch)->Arg(4)->Arg(16)->Arg(64);

void ScalarInvert(benchmark::State& state) {
  const internal::Residue value = internal::Residue::from({{5, 6, 7, 8}});
  for (auto _ : state) benchmark::DoNotOptimize(internal::invert(value));
}
BENCHMARK(ScalarInvert);

void Verify(benchmark::State& state) {
  const P256PrivateKey key = bench_key();
  const Digest32 digest = sha256(as_bytes("message"));
  const P256Signature signature = p256_sign_digest(key, digest);
  for (auto _ : state) {
    benchmark::DoNotOptimize(p256_verify_digest(key.public_key(), digest, signature));
  }
}
BENCHMARK(Verify);

// The limit of Verify: key and signature are OpenSSL's objects already.
void OpenSslVerify(benchmark::State& state) {
  const internal::Handle<EC_KEY, EC_KEY_free> key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  EC_KEY_generate_key(key.get());
  const Digest32 digest = sha256(as_bytes("message"));
  const internal::Handle<ECDSA_SIG, ECDSA_SIG_free> signature(
      ECDSA_do_sign(digest.data(), 32, key.get()));
  for (auto _ : state) {
    benchmark::DoNotOptimize(ECDSA_do_verify(digest.data(), 32, signature.get(), key.get()));
  }
}
BENCHMARK(OpenSslVerify);

void Ecdh(benchmark::State& state) {
  const P256PrivateKey key = bench_key();
  for (auto _ : state) benchmark::DoNotOptimize(p256_ecdh(key, key.public_key()));
}
BENCHMARK(Ecdh);

void HpkeOpen(benchmark::State& state) {
  const P256PrivateKey key = bench_key();
  SeededRandom random(2);
  HpkeSender sender = HpkeSender::setup(key.public_key(), {}, HpkeAead::aes_256_gcm, random);
  const Bytes sealed = sender.seal({}, Bytes(256));
  for (auto _ : state) {
    auto receiver = HpkeReceiver::setup(key, sender.encapsulated_key(), {}, HpkeAead::aes_256_gcm);
    benchmark::DoNotOptimize(receiver->open({}, sealed));
  }
}
BENCHMARK(HpkeOpen);

void HmacSha256Of32Bytes(benchmark::State& state) {
  const Bytes bytes(32);
  for (auto _ : state) benchmark::DoNotOptimize(hmac_sha256(bytes, bytes));
}
BENCHMARK(HmacSha256Of32Bytes);

void SealCommitted(benchmark::State& state) {
  SystemRandom random;
  const Secret<32> key;
  const Bytes plaintext(static_cast<std::size_t>(state.range(0)));
  const CommittedContext context{
      .key = key, .info = as_bytes("secret"), .associated_data = as_bytes("account 1")};
  for (auto _ : state) benchmark::DoNotOptimize(seal_committed(context, plaintext, random));
}
BENCHMARK(SealCommitted)->Arg(64)->Arg(1024)->Arg(65536);

}  // namespace
}  // namespace nsl::crypto

BENCHMARK_MAIN();
