#include "core/crypto/x509.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/crypto/x509_issue.h"

namespace nsl::crypto {
namespace {

constexpr WallTime kStart{1700000000000};
constexpr WallTime kEnd{1700010000000};
constexpr WallTime kNow{1700005000000};

// Root, two authorities and a leaf, each changeable before it is issued.
class X509Chain : public testing::Test {
 protected:
  struct Level {
    P384PrivateKey key;
    CertificateFields fields;
  };

  X509Chain() {
    add("root", "root", CertificateRole::authority, std::nullopt);
    add("region", "root", CertificateRole::authority, 1);
    add("zone", "region", CertificateRole::authority, 0);
    add("leaf", "zone", CertificateRole::leaf, std::nullopt);
  }

  void add(std::string_view name, std::string_view issuer, CertificateRole role,
           std::optional<int> path_length) {
    P384PrivateKey key = P384PrivateKey::generate(random_);
    const P384PublicKey public_key = key.public_key();
    levels_.push_back({.key = std::move(key),
                       .fields = {.common_name = name,
                                  .issuer_common_name = issuer,
                                  .public_key = public_key,
                                  .role = role,
                                  .path_length = path_length,
                                  .not_before = kStart,
                                  .not_after = kEnd}});
  }

  // Each level signed by the one above it, the first by itself.
  std::vector<Bytes> issue() {
    std::vector<Bytes> certificates;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const P384PrivateKey& issuer = levels_[i == 0 ? 0 : i - 1].key;
      certificates.push_back(issue_certificate(levels_[i].fields, issuer, random_).value());
    }
    return certificates;
  }

  static Result<P384PublicKey> verify(const std::vector<Bytes>& certificates, WallTime at = kNow) {
    CertificateChain chain{
        .leaf = certificates.back(), .intermediates = {}, .root = certificates.front()};
    for (std::size_t i = 1; i + 1 < certificates.size(); ++i) {
      chain.intermediates.push_back(certificates[i]);
    }
    return verify_certificate_chain(chain, at);
  }

  void expect_refused(std::string_view detail) {
    const Result<P384PublicKey> result = verify(issue());
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), Code::invalid_certificate);
    EXPECT_EQ(result.error().detail(), detail);
  }

  SeededRandom random_{71};
  std::vector<Level> levels_;
};

TEST_F(X509Chain, GivesTheLeafsKey) {
  EXPECT_EQ(verify(issue()).value(), levels_.back().key.public_key());
}

TEST_F(X509Chain, DoesNotDependOnTheOrderOfIntermediates) {
  std::vector<Bytes> certificates = issue();
  std::swap(certificates[1], certificates[2]);
  EXPECT_TRUE(verify(certificates).has_value());
}

TEST_F(X509Chain, IsValidOnlyWithinItsTimes) {
  const std::vector<Bytes> certificates = issue();
  EXPECT_TRUE(verify(certificates, kStart).has_value());
  EXPECT_TRUE(verify(certificates, WallTime(kEnd.value() - 1)).has_value());
  EXPECT_FALSE(verify(certificates, WallTime(kStart.value() - 1)).has_value());
  EXPECT_FALSE(verify(certificates, WallTime(kEnd.value() + 1000)).has_value());
  EXPECT_FALSE(verify(certificates, WallTime(0)).has_value());
  EXPECT_FALSE(verify(certificates, WallTime(-1)).has_value());
}

TEST_F(X509Chain, RefusesEachLevelExpired) {
  for (Level& level : levels_) {
    level.fields.not_after = WallTime(kNow.value() - 1000);
    expect_refused("certificate has expired");
    level.fields.not_after = kEnd;
  }
}

TEST_F(X509Chain, RefusesAnotherRootOfTheSameName) {
  const std::vector<Bytes> genuine = issue();
  levels_[0].key = P384PrivateKey::generate(random_);
  levels_[0].fields.public_key = levels_[0].key.public_key();
  std::vector<Bytes> forged = issue();
  EXPECT_TRUE(verify(forged).has_value());
  forged[0] = genuine[0];
  EXPECT_FALSE(verify(forged).has_value());
}

TEST_F(X509Chain, RefusesALeafThatIsAnAuthority) {
  levels_.back().fields.role = CertificateRole::authority;
  expect_refused("leaf is an authority");
}

TEST_F(X509Chain, RefusesAnIssuerThatIsNoAuthority) {
  levels_[2].fields.role = CertificateRole::leaf;
  expect_refused("issuer is no authority");
  levels_[2].fields.role = CertificateRole::authority;
  levels_[0].fields.role = CertificateRole::leaf;
  expect_refused("issuer is no authority");
}

TEST_F(X509Chain, RefusesAChainLongerThanItsPathLength) {
  levels_[1].fields.path_length = 0;
  expect_refused("path length constraint exceeded");
}

TEST_F(X509Chain, RefusesAMissingIntermediate) {
  std::vector<Bytes> certificates = issue();
  certificates.erase(certificates.begin() + 1);
  EXPECT_FALSE(verify(certificates).has_value());
}

TEST_F(X509Chain, RefusesACertificateThatIsNotPartOfTheChain) {
  std::vector<Bytes> certificates = issue();
  X509Chain::add("other", "root", CertificateRole::authority, 1);
  const Bytes other = issue_certificate(levels_.back().fields, levels_[0].key, random_).value();
  certificates.insert(certificates.begin() + 1, other);
  const Result<P384PublicKey> result = verify(certificates);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().detail(), "chain has a certificate too many");
}

// Limit: certificate_chain_max.
TEST_F(X509Chain, RefusesAChainOverTheLimit) {
  levels_.clear();
  add("0", "0", CertificateRole::authority, std::nullopt);
  const int count = static_cast<int>(limits::kCertificateChainMax);
  std::vector<std::string> names;
  for (int i = 0; i <= count; ++i) names.push_back(std::to_string(i));
  for (int i = 1; i + 1 < count; ++i) {
    add(names[static_cast<std::size_t>(i)], names[static_cast<std::size_t>(i - 1)],
        CertificateRole::authority, std::nullopt);
  }
  add("leaf", names[levels_.size() - 1], CertificateRole::leaf, std::nullopt);
  EXPECT_TRUE(verify(issue()).has_value());
  levels_.pop_back();
  add(names[levels_.size()], names[levels_.size() - 1], CertificateRole::authority, std::nullopt);
  add("leaf", names[levels_.size() - 1], CertificateRole::leaf, std::nullopt);
  expect_refused("chain is too long");
}

TEST_F(X509Chain, RefusesEveryChangedByteOfEveryCertificate) {
  const std::vector<Bytes> certificates = issue();
  for (std::size_t which = 1; which < certificates.size(); ++which) {
    for (std::size_t i = 0; i < certificates[which].size(); i += 3) {
      std::vector<Bytes> changed = certificates;
      changed[which][i] ^= static_cast<std::uint8_t>(1U << (i % 8));
      EXPECT_FALSE(verify(changed).has_value()) << which << " at " << i;
    }
  }
}

TEST_F(X509Chain, RefusesTruncatedExtendedAndNonCanonicalCertificates) {
  const std::vector<Bytes> certificates = issue();
  std::vector<Bytes> changed = certificates;
  changed.back().push_back(0x00);
  EXPECT_EQ(verify(changed).error().detail(), "certificate is not canonical DER");
  for (std::size_t size = 0; size < certificates.back().size(); size += 11) {
    changed.back() = Bytes(certificates.back().begin(),
                           certificates.back().begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(verify(changed).has_value());
  }
  // The outer length in four bytes where two are enough: BER, not DER.
  Bytes ber = certificates.back();
  ASSERT_EQ(ber[1], 0x82);
  ber[1] = 0x84;
  ber.insert(ber.begin() + 2, 2, 0x00);
  changed.back() = ber;
  EXPECT_EQ(verify(changed).error().detail(), "certificate is not canonical DER");
}

TEST_F(X509Chain, RefusesToIssueNamesThatCannotBeWritten) {
  for (const std::string& name : {std::string(), std::string(65, 'x'), std::string("\xff")}) {
    CertificateFields fields = levels_[0].fields;
    fields.common_name = name;
    EXPECT_EQ(issue_certificate(fields, levels_[0].key, random_).error().code(),
              Code::invalid_certificate);
  }
  CertificateFields fields = levels_[0].fields;
  fields.not_before = WallTime(-1000);
  EXPECT_FALSE(issue_certificate(fields, levels_[0].key, random_).has_value());
}

// A self-signed certificate made with the openssl command line, in base64, and why it is refused.
struct Misfit {
  const char* detail;
  const char* certificate;
};

constexpr Misfit kRootMisfits[] = {
    {"key is not P-384",
     "MIIBXjCCAQSgAwIBAgIUFST1wGq8fDl8mIqMDwI7Cyy+"
     "KGkwCgYIKoZIzj0EAwMwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjExMjQ0NThaGA8yMTI2MTAyODEyNDQ1OFowDDEKMAgGA"
     "1UEAwwBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMkpiq7NJR+"
     "hsgIPIC8zo2gDQsMEEjtJZwvFdapsuKe7q0nmfnnKSWp3TWdufd4wOZAI/"
     "Lq2xgxV1WYNxvfr9X2jQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/"
     "BAQDAgIEMB0GA1UdDgQWBBSsqamgsoebx8zOgd2govLhMzZb/"
     "TAKBggqhkjOPQQDAwNIADBFAiEA41VVQhDxOvSsJVpx+TD7x79X+u2koRiq5/"
     "O3nEof4wgCIAU5l3QJhWpV9PyAD1TwYCsdFyKAeqatBQY0brUqsEdC"},
    {"signature algorithm is not ecdsa-with-SHA384",
     "MIIBmjCCASGgAwIBAgIUfuGhqGrxIA1ZNDTlA3EJp/"
     "9n9zYwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjExMjQ0NThaGA8yMTI2MTAyODEyNDQ1OFowDDEKMAg"
     "GA1UEAwwBeDB2MBAGByqGSM49AgEGBSuBBAAiA2IABGgL3BCsFX2y9hbzhXMfM6CXVA0rk25jpxi52GI6sZ8YOO01NO+"
     "K5f1HBXYTooLCqadfImY1QocZZFA74EUJNFXowP2u5oXsLXwTwE1inCOSUihsXGQJ4+"
     "P9WgqGENA98KNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwHQYDVR0OBBYEFJVz860QoRgTzH6/"
     "N1HNHOfcqQzaMAoGCCqGSM49BAMCA2cAMGQCMG9/"
     "Kq+eTakbt7Ba4zATm20t4i3z+XBAL0EO3bDQD7LCLYOuFQRgh0VgR0tzdisVlQIwB0E9r7+1Ub9B/"
     "NIoORQcj7wVDScwVy5jEpnozXROigmAr4tIzhImAt7XIs5CZm0A"},
    {"key usage is missing",
     "MIIBizCCARGgAwIBAgIUPJyg8o1Z12UbYrTnX2m1ttKt7c8wCgYIKoZIzj0EAwMwDDEKMAgGA1UEAwwBeDAgFw0yNjExM"
     "jExMjQ0NThaGA8yMTI2MTAyODEyNDQ1OFowDDEKMAgGA1UEAwwBeDB2MBAGByqGSM49AgEGBSuBBAAiA2IABBp3fHsoru"
     "w7nti5b2cRYBP0DdvME03fYixBg44hsP9JHjLPkprsEGjG/7d/K2Exy5N9c4SdFGf4yFGwaFESx572sU2a1/dHgIT/"
     "DIWKUcGteaiNlcqVewk/4Cy/XwhGP6MyMDAwDwYDVR0TAQH/BAUwAwEB/"
     "zAdBgNVHQ4EFgQUuPvtJbcli1jQDBNFTxwxdt0nmnswCgYIKoZIzj0EAwMDaAAwZQIxAI0T4/"
     "PrwU5QLAtors8NWQD3N+euGDKXUZ26iwRzsFVfIefdZTqy6Oc/FiZBKIF/4wIwDRSqyCZEEl6do/"
     "4xeakmVOGJFsG1R3p4hszmFdlAjGHW9XEmG7bTZc8cYh3a7XN5"},
    {"issuer may not sign certificates",
     "MIIBnDCCASGgAwIBAgIUENGx5RkUafKny9EtFl0Kj//"
     "GBzUwCgYIKoZIzj0EAwMwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjExMjQ0NThaGA8yMTI2MTAyODEyNDQ1OFowDDEKMAgG"
     "A1UEAwwBeDB2MBAGByqGSM49AgEGBSuBBAAiA2IABIpAHz8h14b/"
     "FcowqBAC7sFOGsPYKVf5QXD3eXbim0Iaf77NCdW+7SfRmq5XNL5ckVboZxHH6Dnl5AvV9uTZoqBrB/"
     "vqta5Xtr1Z2VZV7LRDTaC40mExbRZyv3v6ey7GAqNCMEAwDwYDVR0TAQH/BAUwAwEB/"
     "zAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0OBBYEFLyeDTM+CYduveIS5/"
     "lTp4KubjPPMAoGCCqGSM49BAMDA2kAMGYCMQCuxVqqyQFmlnVhm4edkDrQsFU0Gn/5sXEyZYEHVKCMz3Y8qs/"
     "dHUEsQczTciweqyECMQCDay8lND0r0GcvKV6yNUlGhGA0ugpB+Nkpc8hSRG+XC5Zjf5jN4OmQtRWG5neId8Y="}};

constexpr Misfit kLeafMisfits[] = {
    {"leaf may sign certificates",
     "MIIBmTCCAR6gAwIBAgIUJ5AP7UhTqqaYADo+"
     "C0EKDx2uHOkwCgYIKoZIzj0EAwMwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjExMjQ0NThaGA8yMTI2MTAyODEyNDQ1OFowD"
     "DEKMAgGA1UEAwwBeDB2MBAGByqGSM49AgEGBSuBBAAiA2IABC+u3knzfs+MBxRO3X0yjo8Gr9/"
     "NeKZMu+EMz8dbQrhrTK4qgxDYNaQKYS8RzgqRi/15dT+G7o04l38sSzqki7hCYt1uKX8Yh+GLG0J1XztL0pW/"
     "8wT9NeUPJGlcrF5iQqM/MD0wDAYDVR0TAQH/"
     "BAIwADAOBgNVHQ8BAf8EBAMCAoQwHQYDVR0OBBYEFMoxW31ddnlHrwsnlUmUsM23GLPbMAoGCCqGSM49BAMDA2kAMGYCM"
     "QCLLwzof1ivjmo6v1WnuXnp+KwvzLokzzxaVTmRpJigoa/VlWFaeIPLnCjwe1spINICMQDOStcKeBKwIKYITYt/"
     "WtUhrs/aJUFsm69dxIP38hG0KgEl0No8ugVhwBzFkv0Bpf4="},
    {"leaf may not sign",
     "MIIBmDCCAR6gAwIBAgIUPawjchDENQhf0Ci5bH+"
     "ww20ndNowCgYIKoZIzj0EAwMwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjExMjQ0NThaGA8yMTI2MTAyODEyNDQ1OFowDDEK"
     "MAgGA1UEAwwBeDB2MBAGByqGSM49AgEGBSuBBAAiA2IABOOsNPAI8vEfvsQYZBveHMeKW0/"
     "EUNYwg62CHE8KOKtcI4mu6zOEVgk9QWJD+lPR3J2H+zvgC3Q3LbJ29SWZoczO2x8xisHW89HYbtkegP+"
     "45C9mGiz7HqyDIa9qvRinsqM/MD0wDAYDVR0TAQH/"
     "BAIwADAOBgNVHQ8BAf8EBAMCAwgwHQYDVR0OBBYEFNfihQKaRG2Urvx6QI8wA3mVzzklMAoGCCqGSM49BAMDA2gAMGUCM"
     "QDWHrxkAL619RkdHreaR+RVf5ZDe6II/"
     "fX6+Rz5OsfR3js8MQjD8Kourc4qaGFXXuoCMHkexbOfcGN+5iFgSmqRADiEvJw6vgoGsSgyKkhxby4y2M4yAGBkON+"
     "o06NswebpDQ=="}};

TEST_F(X509Chain, RefusesRootsOfAnotherCurveHashOrPurpose) {
  std::vector<Bytes> certificates = issue();
  for (const Misfit& misfit : kRootMisfits) {
    certificates.front() = codec::decode_base64(misfit.certificate).value();
    EXPECT_EQ(verify(certificates).error().detail(), misfit.detail);
  }
}

TEST_F(X509Chain, RefusesLeavesOfAnotherPurpose) {
  std::vector<Bytes> certificates = issue();
  for (const Misfit& misfit : kLeafMisfits) {
    certificates.back() = codec::decode_base64(misfit.certificate).value();
    EXPECT_EQ(verify(certificates).error().detail(), misfit.detail);
  }
}

}  // namespace
}  // namespace nsl::crypto
