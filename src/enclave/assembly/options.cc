#include "enclave/assembly/options.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>

#include "enclave/outcall/url.h"

namespace nsl::enclave::assembly {
namespace {

constexpr std::size_t kFileBytesMax = 4U << 20U;
constexpr const char* kSystemRoots = "/etc/ssl/certs/ca-certificates.crt";

// Nothing when the text is not a decimal number that fits.
std::optional<std::uint32_t> find_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<neo::NetworkMagic> parse_magic(const std::string& text) {
  const std::optional<std::uint32_t> magic = find_number(text);
  if (magic.has_value()) return neo::NetworkMagic(*magic);
  return fail(Code::invalid_configuration, "--network is the network's magic number");
}

Result<std::vector<neo::PublicKey>> parse_keys(const flags::Flags& flags, const char* flag) {
  std::vector<neo::PublicKey> keys;
  for (const std::string& text : flags.list(flag)) {
    const Result<neo::PublicKey> key = neo::parse_public_key_text(text);
    if (!key.has_value()) {
      return fail(Code::invalid_configuration,
                  fmt::format("--{} is a compressed public key in hexadecimal", flag));
    }
    keys.push_back(*key);
  }
  return keys;
}

Result<light_client::Checkpoint> parse_checkpoint(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::optional<std::uint32_t> index = find_number(text.substr(0, colon));
  if (colon != std::string_view::npos && index.has_value()) {
    const Result<neo::UInt256> hash = neo::UInt256::parse(text.substr(colon + 1));
    if (hash.has_value()) {
      return light_client::Checkpoint{.index = neo::BlockIndex(*index), .hash = *hash};
    }
  }
  return fail(Code::invalid_configuration, "--checkpoint is HEIGHT:HASH of a block");
}

Result<light_client::Trust> parse_trust(const flags::Flags& flags) {
  light_client::Trust trust;
  NSL_TRY(trust.committee, parse_keys(flags, "committee"));
  NSL_TRY(trust.state_validators, parse_keys(flags, "state-validator"));
  if (const auto text = flags.find("checkpoint")) {
    NSL_TRY(trust.checkpoint, parse_checkpoint(*text));
  }
  const auto count = find_number(flags.find("validators").value_or("0"));
  if (!count.has_value() || *count > trust.committee.size() ||
      (*count == 0) != trust.committee.empty()) {
    return fail(Code::invalid_configuration,
                "--validators is 1 to the number of --committee, with --committee only");
  }
  trust.validators_count = *count;
  return trust;
}

Result<std::size_t> parse_quorum(const flags::Flags& flags, std::size_t nodes) {
  const std::optional<std::string> text = flags.find("chain-quorum");
  if (!text.has_value()) return nodes / 2 + 1;
  std::size_t quorum = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), quorum);
  const bool is_number = error == std::errc() && end == text->data() + text->size();
  if (is_number && quorum >= 1 && quorum <= nodes) return quorum;
  return fail(Code::invalid_configuration,
              fmt::format("--chain-quorum is 1 to {}, the number of --chain", nodes));
}

// "python=PATH" each.
Result<std::map<std::string, std::string>> parse_runners(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> runners;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string language = text.substr(0, equals);
    if (equals == std::string::npos ||
        (language != "javascript" && language != "python" && language != "csharp")) {
      return fail(Code::invalid_configuration,
                  "--runner is javascript=PATH, python=PATH or csharp=PATH");
    }
    runners[language] = text.substr(equals + 1);
  }
  if (runners.empty()) {
    return fail(Code::invalid_configuration, "--runner is needed at least once");
  }
  return runners;
}

}  // namespace

std::vector<flags::Flag> common_flags() {
  using flags::FlagKind;
  return {
      {"listen", FlagKind::value, "where the host connects: unix:PATH or vsock:CID:PORT"},
      {"dial", FlagKind::value, "the host's dial endpoint: unix:PATH or vsock:CID:PORT"},
      {"chain", FlagKind::list, "JSON-RPC URL of a Neo N3 node"},
      {"chain-quorum", FlagKind::value, "how many nodes must agree (default: more than half)"},
      {"network", FlagKind::value, "magic of the network the nodes must serve"},
      {"committee", FlagKind::list, "public key of the standby committee, in its order"},
      {"validators", FlagKind::value, "how many of the committee, from the first, make blocks"},
      {"checkpoint", FlagKind::value, "HEIGHT:HASH of a block to trust instead of the first one"},
      {"state-validator", FlagKind::list, "public key that signs state roots there"},
      {"domain", FlagKind::value, "the name users see when they sign in"},
      {"runner", FlagKind::list,
       "LANGUAGE=PATH of a runner: javascript=..., python=..., csharp=..."},
      {"without-layer", FlagKind::list, "layer of the functions' cage that this machine lacks"},
      {"roots", FlagKind::value, "PEM bundle of the web's certificate authorities"},
      {"version", FlagKind::presence, "print the version"},
      {"help", FlagKind::presence, "print this"},
  };
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::invalid_configuration, fmt::format("Cannot read {}", path));
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.size() > kFileBytesMax) {
    return fail(Code::invalid_configuration, fmt::format("{} is too large", path));
  }
  return text;
}

Result<std::vector<std::string>> addresses_of(const std::vector<std::string>& urls) {
  std::vector<std::string> addresses;
  for (const std::string& text : urls) {
    NSL_TRY(const outcall::Url url, outcall::parse_url(text));
    if (net::parse_ip_address(url.host).has_value()) {
      addresses.push_back(fmt::format("{}:{}", url.host, url.port));
    }
  }
  return addresses;
}

Result<Options> parse_options(const flags::Flags& flags) {
  Options options;
  NSL_TRY(const std::string listen, flags.get("listen"));
  NSL_TRY(options.listen, wire::parse_endpoint(listen));
  NSL_TRY(const std::string dial, flags.get("dial"));
  NSL_TRY(options.dial, wire::parse_endpoint(dial));
  options.chain_urls = flags.list("chain");
  if (options.chain_urls.empty()) {
    return fail(Code::invalid_configuration, "--chain is needed at least once");
  }
  NSL_TRY(options.chain_quorum, parse_quorum(flags, options.chain_urls.size()));
  if (const auto network = flags.find("network")) {
    NSL_TRY(options.network, parse_magic(*network));
  }
  NSL_TRY(options.trust, parse_trust(flags));
  options.domain = flags.find("domain").value_or("localhost");
  NSL_TRY(options.runners, parse_runners(flags.list("runner")));
  options.layers_waived = flags.list("without-layer");
  NSL_TRY(options.roots_pem, read_file(flags.find("roots").value_or(kSystemRoots)));
  return options;
}

}  // namespace nsl::enclave::assembly
