#include "enclave/development/development_root.h"

#include <array>
#include <optional>
#include <utility>

#include "core/crypto/pem.h"
#include "core/crypto/x509.h"
#include "core/crypto/x509_issue.h"
#include "enclave/development/private_file.h"

namespace nsl::enclave::development {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;
// A certificate is valid from a little before it is made: clocks differ.
constexpr std::int64_t kBackdateMs = 60'000;
constexpr std::size_t kKeyBytes = 48;
constexpr std::size_t kPemBytesMax = 4096;

// Names, lifetimes and path lengths of the levels between root and leaf.
struct Level {
  std::string_view name;
  std::int64_t lifetime_ms;
  int path_length;
};
constexpr std::array<Level, 3> kLevels = {{{"NSL DEV regional", 20 * kDayMs, 2},
                                           {"NSL DEV zonal", 6 * kDayMs, 1},
                                           {"NSL DEV instance", kDayMs, 0}}};
constexpr std::int64_t kLeafLifetimeMs = 3 * kHourMs;
constexpr std::int64_t kRootLifetimeMs = 30 * 365 * kDayMs;

WallTime before(WallTime now) { return WallTime(now.value() - kBackdateMs); }
WallTime after(WallTime now, std::int64_t ms) { return WallTime(now.value() + ms); }

std::string key_path(const std::string& directory) { return directory + "/root.key"; }

Result<DevelopmentRoot> make_root(const std::string& directory, WallTime now, Random& random) {
  auto key = crypto::P384PrivateKey::generate(random);
  NSL_TRY(Bytes certificate, crypto::issue_certificate({.common_name = kRootCommonName,
                                                        .issuer_common_name = kRootCommonName,
                                                        .public_key = key.public_key(),
                                                        .role = crypto::CertificateRole::authority,
                                                        .path_length = std::nullopt,
                                                        .not_before = before(now),
                                                        .not_after = after(now, kRootLifetimeMs)},
                                                       key, random));
  // The key comes last: without it the certificate is made anew.
  NSL_TRY_VOID(replace_file(development_root_pem_path(directory),
                            as_bytes(crypto::encode_certificate_pem(certificate)),
                            FileMode::readable_by_all));
  NSL_TRY_VOID(
      replace_file(key_path(directory), key.secret().reveal(), FileMode::private_to_owner));
  return DevelopmentRoot{.key = std::move(key), .certificate = std::move(certificate)};
}

std::unexpected<Error> damaged(std::string_view what) {
  return fail(Code::unlock_failed, "The development root's " + std::string(what) + " is damaged");
}

Result<Bytes> read_pem(const std::string& path) {
  NSL_TRY(FileReader reader, FileReader::open(path));
  Bytes text(kPemBytesMax);
  std::size_t size = 0;
  while (size < text.size()) {
    NSL_TRY(const std::size_t count, reader.read(std::span(text).subspan(size)));
    if (count == 0) break;
    size += count;
  }
  return crypto::decode_certificate_pem(as_text(text).substr(0, size));
}

// What the key signs must chain to the certificate.
Result<void> check_belongs_together(const DevelopmentRoot& root, WallTime now, Random& random) {
  NSL_TRY(const LeafChain chain, issue_leaf_chain(root, "check", now, random));
  crypto::CertificateChain links{
      .leaf = chain.certificate, .intermediates = {}, .root = root.certificate};
  for (std::size_t i = 1; i < chain.cabundle.size(); ++i) {
    links.intermediates.emplace_back(chain.cabundle[i]);
  }
  const auto verified = crypto::verify_certificate_chain(links, now);
  if (!verified.has_value()) return damaged("certificate");
  return {};
}

}  // namespace

std::string development_root_pem_path(const std::string& directory) {
  return directory + "/development-root.pem";
}

Result<DevelopmentRoot> load_development_root(const std::string& directory, const Clock& clock,
                                              Random& random) {
  NSL_TRY_VOID(ensure_private_directory(directory));
  NSL_TRY(const auto stored, read_private_file(key_path(directory), kKeyBytes));
  if (!stored.has_value()) return make_root(directory, clock.wall_time(), random);
  if (stored->size() != kKeyBytes) return damaged("key");
  auto key = crypto::P384PrivateKey::from_secret(
      Secret<kKeyBytes>::copy_of(stored->reveal().first<kKeyBytes>()));
  if (!key.has_value()) return damaged("key");
  auto certificate = read_pem(development_root_pem_path(directory));
  if (!certificate.has_value()) return damaged("certificate");
  DevelopmentRoot root{.key = std::move(*key), .certificate = std::move(*certificate)};
  NSL_TRY_VOID(check_belongs_together(root, clock.wall_time(), random));
  return root;
}

Result<LeafChain> issue_leaf_chain(const DevelopmentRoot& root, std::string_view module_id,
                                   WallTime now, Random& random) {
  std::vector<Bytes> cabundle = {root.certificate};
  std::string_view issuer_name = kRootCommonName;
  std::optional<crypto::P384PrivateKey> issuer;
  for (const Level& level : kLevels) {
    auto key = crypto::P384PrivateKey::generate(random);
    NSL_TRY(Bytes certificate,
            crypto::issue_certificate({.common_name = level.name,
                                       .issuer_common_name = issuer_name,
                                       .public_key = key.public_key(),
                                       .role = crypto::CertificateRole::authority,
                                       .path_length = level.path_length,
                                       .not_before = before(now),
                                       .not_after = after(now, level.lifetime_ms)},
                                      issuer.has_value() ? *issuer : root.key, random));
    cabundle.push_back(std::move(certificate));
    issuer = std::move(key);
    issuer_name = level.name;
  }
  auto key = crypto::P384PrivateKey::generate(random);
  const WallTime not_after = after(now, kLeafLifetimeMs);
  NSL_TRY(Bytes certificate, crypto::issue_certificate({.common_name = module_id,
                                                        .issuer_common_name = issuer_name,
                                                        .public_key = key.public_key(),
                                                        .role = crypto::CertificateRole::leaf,
                                                        .path_length = std::nullopt,
                                                        .not_before = before(now),
                                                        .not_after = not_after},
                                                       *issuer, random));
  return LeafChain{.key = std::move(key),
                   .certificate = std::move(certificate),
                   .cabundle = std::move(cabundle),
                   .not_after = not_after};
}

}  // namespace nsl::enclave::development
