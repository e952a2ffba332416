// Headers verified in the enclave, against OpenSSL's verification of as many signatures. A header
// of the private network carries one signature, one of the main network five of seven.
#include <benchmark/benchmark.h>

#include "core/base/assert.h"
#include "core/base/random.h"
#include "core/neo/contract.h"
#include "core/neo/transaction.h"
#include "enclave/light_client/header_chain.h"

namespace nsl::enclave::light_client {
namespace {

constexpr neo::NetworkMagic kMagic{56753};
constexpr std::size_t kHeaders = 100;

// Whether the same nodes sign every header, or others from one to the next.
enum class Signers : std::uint8_t { stay, change };

struct Network {
  explicit Network(std::size_t nodes, Signers who = Signers::stay) : signers(who) {
    SeededRandom random(7);
    std::vector<neo::PublicKey> public_keys;
    for (std::size_t i = 0; i < nodes; ++i) {
      keys.push_back(neo::PrivateKey::generate(random));
      public_keys.push_back(keys.back().public_key());
    }
    threshold = neo::byzantine_threshold(nodes);
    script = neo::make_multisig_script(threshold, public_keys).value();
    neo::Header header;
    header.next_consensus = neo::hash160_of(script);
    headers.push_back(header);
    for (std::size_t i = 0; i < kHeaders; ++i) headers.push_back(next_of(headers.back()));
  }
  neo::Header next_of(const neo::Header& previous) const {
    neo::Header header = previous;
    header.previous_hash = neo::hash_of(previous);
    header.index = neo::BlockIndex(previous.index.value() + 1);
    header.timestamp_ms = previous.timestamp_ms + 1;
    const Bytes message = neo::signing_message(kMagic, neo::hash_of(header));
    std::vector<neo::KeySignature> signatures;
    for (std::size_t i = 0; i < threshold; ++i) {
      const std::size_t shift = signers == Signers::change ? header.index.value() : 0;
      const neo::PrivateKey& key = keys[(i + shift) % keys.size()];
      signatures.push_back({key.public_key(), crypto::p256_sign(key, message)});
    }
    header.witness = neo::make_multisig_witness(script, signatures).value();
    return header;
  }

  Signers signers;
  std::vector<neo::PrivateKey> keys;
  std::size_t threshold = 0;
  Bytes script;
  std::vector<neo::Header> headers;
};

void verify_headers_of(const Network& network, benchmark::State& state) {
  for (auto _ : state) {
    HeaderChain chain(network.headers.front(), kMagic);
    NSL_ASSERT(chain.extend(std::span(network.headers).subspan(1)).has_value());
  }
  const auto headers = static_cast<double>(state.iterations()) * kHeaders;
  state.counters["headers/s"] = benchmark::Counter(headers, benchmark::Counter::kIsRate);
  state.counters["signatures/s"] = benchmark::Counter(
      headers * static_cast<double>(network.threshold), benchmark::Counter::kIsRate);
}

void BM_HeadersVerified(benchmark::State& state) {
  verify_headers_of(Network(static_cast<std::size_t>(state.range(0))), state);
}

void BM_HeadersVerifiedOfSignersThatChange(benchmark::State& state) {
  verify_headers_of(Network(static_cast<std::size_t>(state.range(0)), Signers::change), state);
}

void BM_OpensslVerifyLimit(benchmark::State& state) {
  const Network network(1);
  const neo::PublicKey key = network.keys.front().public_key();
  const Bytes message = neo::signing_message(kMagic, neo::hash_of(network.headers[1]));
  const auto signature = neo::pushed_signatures(network.headers[1].witness.invocation)->front();
  for (auto _ : state) {
    NSL_ASSERT(crypto::p256_verify(key, message, signature));
  }
  state.counters["signatures/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

BENCHMARK(BM_OpensslVerifyLimit);
BENCHMARK(BM_HeadersVerified)->Arg(1)->Arg(7);
BENCHMARK(BM_HeadersVerifiedOfSignersThatChange)->Arg(7);

}  // namespace
}  // namespace nsl::enclave::light_client

BENCHMARK_MAIN();
