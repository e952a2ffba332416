// Whether time tells secrets: dudect's method (Reparaz, Balasch, Verbauwhede 2017, "Dude, is my
// code constant time?"). A fixed secret and random secrets take turns at random; Welch's t-test
// asks whether the two classes take different time. |t| below 4.5 is no evidence of a leak.
//
// NSL_TIMING_TRACES sets the number of measurements: ./dev test --all runs 1,000,000 of each.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "core/crypto/p256.h"
#include "core/crypto/p256_scalar.h"

namespace nsl::crypto {
namespace {

constexpr double kThreshold = 4.5;
constexpr std::size_t kTracesInUnitTests = 4000;
// Thrown away, but for the bounds beyond which a measurement was interrupted.
constexpr std::size_t kWarmUp = 1000;
constexpr double kCrops[] = {1.0, 0.99, 0.95, 0.9, 0.75, 0.5};

std::size_t trace_count() {
  const char* const asked = std::getenv("NSL_TIMING_TRACES");
  return asked == nullptr ? kTracesInUnitTests : std::strtoull(asked, nullptr, 10);
}

// Mean and variance of each class as they come (Welford 1962).
class WelchTest {
 public:
  void add(int group, double value) {
    Moments& moments = moments_[group];
    moments.count += 1;
    const double delta = value - moments.mean;
    moments.mean += delta / moments.count;
    moments.squares += delta * (value - moments.mean);
  }
  double t() const {
    if (moments_[0].count < 2 || moments_[1].count < 2) return 0;
    double variance = 0;
    for (const Moments& each : moments_) variance += each.squares / (each.count - 1) / each.count;
    return variance == 0 ? 0 : (moments_[0].mean - moments_[1].mean) / std::sqrt(variance);
  }

 private:
  struct Moments {
    double count = 0;
    double mean = 0;
    double squares = 0;
  };
  Moments moments_[2];
};

double at_quantile(std::vector<double> values, double quantile) {
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(last * quantile)];
}

// The largest |t| over all crops. `prepare` makes the secret of a class, `run` is what is measured.
template <class Prepare, class Run>
double largest_t(std::size_t traces, Prepare prepare, Run run) {
  SeededRandom random(71);
  std::vector<double> warm_up;
  WelchTest tests[std::size(kCrops)];
  double bounds[std::size(kCrops)] = {};
  for (std::size_t i = 0; i < traces + kWarmUp; ++i) {
    const int group = random.bytes<1>()[0] & 1;
    const auto input = prepare(group, random);
    const auto start = std::chrono::steady_clock::now();
    run(input);
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    if (i < kWarmUp) {
      warm_up.push_back(taken.count());
      continue;
    }
    for (std::size_t crop = 0; crop < std::size(kCrops); ++crop) {
      if (i == kWarmUp) bounds[crop] = at_quantile(warm_up, kCrops[crop]);
      // The first crop takes everything.
      if (crop == 0 || taken.count() <= bounds[crop]) tests[crop].add(group, taken.count());
    }
  }
  double largest = 0;
  for (const WelchTest& each : tests) largest = std::max(largest, std::abs(each.t()));
  return largest;
}

// Class 0 is the number one: as many leading zeros as there can be.
std::array<std::uint8_t, 32> secret_of(int group, SeededRandom& random) {
  std::array<std::uint8_t, 32> secret = random.bytes<32>();
  secret[0] &= 0x7f;  // below the order
  if (group == 0) {
    secret.fill(0);
    secret.back() = 1;
  }
  return secret;
}

template <class T>
void keep(const T& value) {
  // SAFETY: an empty instruction that only claims to read the value.
  __asm__ volatile("" : : "g"(&value) : "memory");
}

TEST(P256Timing, SigningTakesTheSameTimeForEveryKey) {
  const Digest32 digest = sha256(as_bytes("message"));
  const double t = largest_t(
      trace_count(),
      [](int group, SeededRandom& random) {
        return P256PrivateKey::from_secret(Secret<32>::copy_of(secret_of(group, random))).value();
      },
      [&digest](const P256PrivateKey& key) { keep(p256_sign_digest(key, digest)); });
  RecordProperty("t", std::to_string(t));
  EXPECT_LT(t, kThreshold);
}

TEST(P256Timing, DerivingThePublicKeyTakesTheSameTimeForEveryKey) {
  const double t = largest_t(
      trace_count(),
      [](int group, SeededRandom& random) { return Secret<32>::copy_of(secret_of(group, random)); },
      [](const Secret<32>& secret) { keep(P256PrivateKey::from_secret(secret.duplicate())); });
  RecordProperty("t", std::to_string(t));
  EXPECT_LT(t, kThreshold);
}

TEST(P256Timing, InvertingTakesTheSameTimeForEveryScalar) {
  const double t = largest_t(
      trace_count(),
      [](int group, SeededRandom& random) {
        return internal::Residue::from(
            internal::Scalar::from_bytes_reduced(secret_of(group, random)));
      },
      [](const internal::Residue& value) {
        for (int i = 0; i < 4; ++i) keep(invert(value));
      });
  RecordProperty("t", std::to_string(t));
  EXPECT_LT(t, kThreshold);
}

// The method has the power to see: a comparison that stops at the first difference.
TEST(P256Timing, AnEarlyExitIsSeen) {
  const double t = largest_t(
      kTracesInUnitTests, [](int group, SeededRandom& random) { return secret_of(group, random); },
      [](const std::array<std::uint8_t, 32>& secret) {
        for (int i = 0; i < 400; ++i) {
          std::size_t zeros = 0;
          while (zeros < secret.size() && secret[zeros] == 0) keep(++zeros);
        }
      });
  EXPECT_GT(t, kThreshold);
}

}  // namespace
}  // namespace nsl::crypto
