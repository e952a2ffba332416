// Which service a command speaks to, whom it trusts there, and the token it signs in with.
//
// The service is named by --url, then NSL_URL, then the profile, then the nearest .nsl/dev.json
// above the working directory. Settings live in $XDG_CONFIG_HOME/nsl (or ~/.config/nsl):
//   profiles/NAME.json      {"url", "development_root_fingerprint"?, "measurements"?: {"0": hex}}
//   credentials/KEY.json    mode 0600; KEY is made of profile, URL and trusted root, so that a
//   token
//                           is never sent to another service than the one that issued it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client/api/session.h"
#include "client/cli/command.h"
#include "core/base/result.h"

namespace nsl::client::cli {

using Environment = std::function<std::string(const std::string& name)>;

struct Place {
  Environment environment;
  std::filesystem::path directory;
};

struct Service {
  std::string url;
  api::Trust trust;
  std::string profile;
};

struct Credentials {
  std::string account;
  std::string address;
  std::string access_token;
  std::string expires_at;
};

// Code::cli_usage when nothing names a service, or its URL would send a token in clear.
Result<Service> find_service(const GlobalOptions& options, const Place& place);

// Keeps the URL and trust under the profile's name.
Result<void> save_profile(const Service& service, const Place& place);

// Nothing when not signed in.
Result<std::optional<Credentials>> load_credentials(const Service& service, const Place& place);
Result<void> save_credentials(const Service& service, const Credentials& credentials,
                              const Place& place);
// Whether there were any.
Result<bool> remove_credentials(const Service& service, const Place& place);

// {"0": "hex", ...}, or an object with that under "pcrs".
Result<attestation::Registers> parse_measurements(std::string_view json);

}  // namespace nsl::client::cli
