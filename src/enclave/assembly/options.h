// What an enclave is started with.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/flags/flags.h"
#include "core/neo/network.h"
#include "core/net/address.h"
#include "core/wire/endpoint.h"
#include "enclave/light_client/trust.h"
#include "enclave/outcall/http.h"

namespace nsl::enclave::assembly {

struct Options {
  // Where the host connects, and where the enclave brings its dial tokens.
  wire::Endpoint listen;
  wire::Endpoint dial;
  std::vector<std::string> chain_urls;
  // How many of the nodes must say the same.
  std::size_t chain_quorum = 1;
  // Set: a node of another network is refused.
  std::optional<neo::NetworkMagic> network;
  // Where trust in the chain begins.
  light_client::Trust trust;
  // What users see as the place that asks them to sign in.
  std::string domain;
  // The path of each language's runner, by the name of the language.
  std::map<std::string, std::string> runners;
  // Layers of the functions' cage to go without, by name.
  std::vector<std::string> layers_waived;
  std::string roots_pem;
  // Development only.
  std::string extra_roots_pem;
  std::vector<net::IpEndpoint> allowed_addresses;
  outcall::PlainHttp plain_chain_http = outcall::PlainHttp::refused;
  std::string version;
};

// The flags of both programs.
std::vector<flags::Flag> common_flags();
Result<Options> parse_options(const flags::Flags& flags);

// "ADDRESS:PORT" of every URL whose host is an address: in development nodes are on this machine.
Result<std::vector<std::string>> addresses_of(const std::vector<std::string>& urls);

// A file of text, such as a bundle of roots; at most 4 MiB.
Result<std::string> read_file(const std::string& path);

}  // namespace nsl::enclave::assembly
