// A certificate authority made in the test: a root, and server certificates under it.
#pragma once

#include <memory>
#include <string>

#include "core/base/clock.h"

namespace nsl::enclave::tls::testing {

struct ServerIdentity {
  std::string certificate_pem;
  std::string key_pem;
};

struct Validity {
  WallTime from;
  WallTime until;
};

class Authority {
 public:
  Authority(const std::string& name, Validity validity);
  ~Authority();
  const std::string& root_pem() const { return root_pem_; }
  // `subject_alt_name` as OpenSSL writes it: "DNS:example.com" or "IP:127.0.0.1".
  ServerIdentity issue(const std::string& subject_alt_name, Validity validity) const;

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string root_pem_;
};

}  // namespace nsl::enclave::tls::testing
