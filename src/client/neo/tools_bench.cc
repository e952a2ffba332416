// Costs behind the tools: a passphrase beside its key derivation, and a transaction read and
// hashed.
#include <benchmark/benchmark.h>

#include "core/codec/hex.h"
#include "core/crypto/password_kdf.h"
#include "core/neo/nep2.h"
#include "core/neo/transaction.h"

namespace nsl::client::neo_tools {
namespace {

neo::PrivateKey bench_key() {
  SeededRandom random(1);
  return neo::PrivateKey::generate(random);
}

void OpenNep2(benchmark::State& state) {
  const std::string sealed = neo::seal_nep2(bench_key(), as_bytes("passphrase")).value();
  for (auto _ : state) benchmark::DoNotOptimize(neo::open_nep2(sealed, as_bytes("passphrase")));
}
BENCHMARK(OpenNep2)->Unit(benchmark::kMillisecond);

// The limit of OpenNep2.
void ScryptAlone(benchmark::State& state) {
  const Bytes salt(4, 7);
  Bytes derived(64);
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::scrypt(as_bytes("passphrase"), salt, neo::kNep2Cost, derived));
  }
}
BENCHMARK(ScryptAlone)->Unit(benchmark::kMillisecond);

// neon-core 5.10.1: a transfer of 1.5 GAS, signed; tests/bench/bench_neo.py gives its peers the
// same bytes.
constexpr std::string_view kTransaction =
    "004e61bc0094390f000000000012c712000000000081160000011298dffc6761a4c559a7dffa46880ba80f19fb4d01"
    "005a0b0280d1f0080c1487ad17a9d8810803cc58825f7181584c828440600c141298dffc6761a4c559a7dffa46880b"
    "a80f19fb4d14c01f0c087472616e736665720c14cf76e28bd0062c4a478ee35561011319f3cfa4d241627d5b520142"
    "0c40000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000280c21031ff92690d8107533ff54ac3291ae90c96cc7770860cc97fb"
    "de83f2bfd1ee5a594156e7b327";

void ReadAndHashTransaction(benchmark::State& state) {
  const Bytes bytes = codec::decode_hex(kTransaction).value();
  for (auto _ : state) {
    const auto transaction = neo::parse_transaction(bytes);
    if (!transaction.has_value()) state.SkipWithError("the bytes are no transaction");
    benchmark::DoNotOptimize(neo::hash_of(*transaction));
  }
}
BENCHMARK(ReadAndHashTransaction);

}  // namespace
}  // namespace nsl::client::neo_tools

BENCHMARK_MAIN();
