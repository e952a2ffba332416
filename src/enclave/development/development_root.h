// The PKI of one installation: a root that is kept, and below it regional, zonal, instance and leaf
// certificates of the same shape and lifetimes as AWS's, made anew at every start and whenever the
// leaf grows old.
#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/crypto/p384_sign.h"

namespace nsl::enclave::development {

inline constexpr std::string_view kRootCommonName = "NSL DEV - NOT A TEE";

struct DevelopmentRoot {
  crypto::P384PrivateKey key;
  Bytes certificate;
};

// Reads root key and certificate from the directory; makes them at the first start. The certificate
// is also there as development-root.pem, readable by all. Code::unlock_failed when the two do not
// belong together.
Result<DevelopmentRoot> load_development_root(const std::string& directory, const Clock& clock,
                                              Random& random);
std::string development_root_pem_path(const std::string& directory);

struct LeafChain {
  crypto::P384PrivateKey key;
  Bytes certificate;
  // From the root down, without the leaf.
  std::vector<Bytes> cabundle;
  WallTime not_after;
};

Result<LeafChain> issue_leaf_chain(const DevelopmentRoot& root, std::string_view module_id,
                                   WallTime now, Random& random);

}  // namespace nsl::enclave::development
