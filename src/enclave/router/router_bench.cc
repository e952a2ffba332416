// The cryptography one sealed `WalletService/Sign` cannot do without, stage by stage, with the
// sizes it has on the wire and nothing around it: no parsing, no lookup, no thread. Their sum is
// the limit that tests/bench/bench_sign.py holds the whole request against.
//
// A stage per request is called SealedSign; what one commit of the vault needs, however many
// requests it carries, is called SealedSignCommit.
#include <benchmark/benchmark.h>

#include <array>

#include "core/base/assert.h"
#include "core/crypto/aead.h"
#include "core/crypto/committed_aead.h"
#include "core/crypto/hmac.h"
#include "core/crypto/hpke.h"
#include "core/crypto/p256.h"

namespace nsl::enclave::router {
namespace {

constexpr std::size_t kSealInfoBytes = 150;
constexpr std::size_t kSealedContentBytes = 300;
constexpr std::size_t kTokenClaimsBytes = 130;
constexpr std::size_t kRecordNameBytes = 80;
constexpr std::size_t kRecordBytes = 160;
constexpr std::size_t kMessageBytes = 32;
constexpr std::size_t kAuditEntryBytes = 160;
constexpr std::size_t kReplyBytes = 105;
constexpr std::size_t kReplyContextBytes = 42;
constexpr std::size_t kAnchorBytes = 104;

crypto::P256PrivateKey bench_key() {
  SeededRandom random(1);
  return crypto::P256PrivateKey::generate(random);
}

Secret<32> derive_key(const Secret<32>& parent) {
  Secret<32> key;
  crypto::hkdf_sha256_expand(parent.reveal(), Bytes(kRecordNameBytes), key.reveal_mutable());
  return key;
}

// HPKE: the point's check, the exchange, the key schedule, the content, the key of the reply.
void open_seal(benchmark::State& state) {
  const crypto::P256PrivateKey key = bench_key();
  const Bytes info(kSealInfoBytes);
  SeededRandom random(2);
  constexpr auto kAead = crypto::HpkeAead::aes_256_gcm;
  auto sender = crypto::HpkeSender::setup(key.public_key(), info, kAead, random);
  const Bytes sealed = sender.seal({}, Bytes(kSealedContentBytes));
  for (auto _ : state) {
    auto receiver = crypto::HpkeReceiver::setup(key, sender.encapsulated_key(), info, kAead);
    benchmark::DoNotOptimize(receiver->open_secret({}, sealed));
    benchmark::DoNotOptimize(receiver->export_secret<32>(as_bytes("nsl-reply-v1")));
  }
}
BENCHMARK(open_seal)->Name("SealedSign/open the seal");

void check_token(benchmark::State& state) {
  const Bytes key(32);
  const Bytes claims(kTokenClaimsBytes);
  for (auto _ : state) benchmark::DoNotOptimize(crypto::hmac_sha256(key, claims));
}
BENCHMARK(check_token)->Name("SealedSign/check the token");

// Account and wallet: each a hidden name (two HMACs), the account's key and the record.
void open_records(benchmark::State& state) {
  SystemRandom random;
  const Secret<32> parent;
  const Bytes name(kRecordNameBytes);
  const Secret<32> key = derive_key(parent);
  const crypto::CommittedContext context{
      .key = key, .info = as_bytes("nsl record 1"), .associated_data = name};
  const Bytes sealed = crypto::seal_committed(context, Bytes(kRecordBytes), random);
  for (auto _ : state) {
    for (int record = 0; record < 2; ++record) {
      benchmark::DoNotOptimize(crypto::hmac_sha256(parent.reveal(), name));
      benchmark::DoNotOptimize(crypto::hmac_sha256(parent.reveal(), name));
      benchmark::DoNotOptimize(derive_key(parent));
      benchmark::DoNotOptimize(crypto::open_committed(context, sealed));
    }
  }
}
BENCHMARK(open_records)->Name("SealedSign/open account and wallet");

// The wallet's key by its path, and its public key, which is part of the answer.
void derive_wallet_key(benchmark::State& state) {
  const Secret<32> parent = bench_key().secret().duplicate();
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::P256PrivateKey::from_secret(derive_key(parent)));
  }
}
BENCHMARK(derive_wallet_key)->Name("SealedSign/derive the wallet's key");

void sign(benchmark::State& state) {
  const crypto::P256PrivateKey key = bench_key();
  const Bytes message(kMessageBytes);
  for (auto _ : state) benchmark::DoNotOptimize(crypto::p256_sign(key, message));
}
BENCHMARK(sign)->Name("SealedSign/sign");

// The chain's hash, and the entry sealed under a key of its own.
void seal_audit(benchmark::State& state) {
  SystemRandom random;
  const Secret<32> parent;
  const Bytes entry(kAuditEntryBytes);
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::sha256(entry));
    const Secret<32> key = derive_key(parent);
    const crypto::CommittedContext context{
        .key = key, .info = as_bytes("nsl audit 1"), .associated_data = as_bytes("sequence")};
    benchmark::DoNotOptimize(crypto::seal_committed(context, entry, random));
  }
}
BENCHMARK(seal_audit)->Name("SealedSign/audit entry");

void seal_reply(benchmark::State& state) {
  SystemRandom random;
  const Secret<32> key;
  const Bytes context(kReplyContextBytes);
  const Bytes reply(kReplyBytes);
  for (auto _ : state) {
    const auto nonce = random.bytes<crypto::kAeadNonceBytes>();
    benchmark::DoNotOptimize(crypto::aead_seal({key.reveal(), nonce, context}, reply));
  }
}
BENCHMARK(seal_reply)->Name("SealedSign/seal the reply");

// The new head: its record's name and seal, the head's hash, and the hash beside it on disk.
void commit_head(benchmark::State& state) {
  SystemRandom random;
  const Secret<32> parent;
  const Bytes name(kRecordNameBytes);
  const Bytes anchor(kAnchorBytes);
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::hmac_sha256(parent.reveal(), name));
    benchmark::DoNotOptimize(crypto::hmac_sha256(parent.reveal(), name));
    const Secret<32> key = derive_key(parent);
    const crypto::CommittedContext context{
        .key = key, .info = as_bytes("nsl record 1"), .associated_data = name};
    benchmark::DoNotOptimize(crypto::seal_committed(context, anchor, random));
    benchmark::DoNotOptimize(crypto::sha256(anchor));
    benchmark::DoNotOptimize(crypto::sha256(anchor));
  }
}
BENCHMARK(commit_head)->Name("SealedSignCommit/state head");

}  // namespace
}  // namespace nsl::enclave::router

BENCHMARK_MAIN();
