// What a read from the cache and a commit cost, beside the cryptography they cannot do without.
#include <benchmark/benchmark.h>

#include <string>

#include "core/crypto/committed_aead.h"
#include "enclave/vault/vault_testing.h"

namespace nsl::enclave::vault {
namespace {

const RecordKey kKey{.kind = "thing", .account = "acc_1", .id = "id"};

void BM_OpenCommittedLimit(benchmark::State& state) {
  SystemRandom random;
  const Secret<32> key;
  const crypto::CommittedContext context{.key = key, .info = {}, .associated_data = {}};
  const Bytes sealed = crypto::seal_committed(context, Bytes(200), random);
  for (auto _ : state) benchmark::DoNotOptimize(crypto::open_committed(context, sealed));
}

void BM_FindCached(benchmark::State& state) {
  testing::VaultFixture fixture;
  const auto vault = fixture.must_open();
  Batch batch;
  batch.put(kKey, Bytes(200), 0);
  NSL_ASSERT(vault->commit(std::move(batch), fixture.deadline()).has_value());
  for (auto _ : state) benchmark::DoNotOptimize(vault->find(kKey, fixture.deadline()));
}

void BM_Commit(benchmark::State& state) {
  testing::VaultFixture fixture;
  const auto vault = fixture.must_open();
  std::uint64_t version = 0;
  for (auto _ : state) {
    Batch batch;
    batch.put(kKey, Bytes(200), version++);
    batch.append_audit(Bytes(200));
    NSL_ASSERT(vault->commit(std::move(batch), fixture.deadline()).has_value());
  }
}

// The store in memory copies itself at each commit; a bound keeps it small.
BENCHMARK(BM_OpenCommittedLimit);
BENCHMARK(BM_FindCached);
BENCHMARK(BM_Commit)->Iterations(500);

}  // namespace
}  // namespace nsl::enclave::vault

BENCHMARK_MAIN();
