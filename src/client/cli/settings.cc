#include "client/cli/settings.h"

#include <simdjson.h>

#include <algorithm>
#include <memory>
#include <system_error>

#include "client/cli/files.h"
#include "client/cli/object.h"
#include "core/codec/hex.h"
#include "core/crypto/hash.h"

namespace nsl::client::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDevFile = ".nsl/dev.json";

fs::path settings_folder(const Place& place) {
  const std::string base = place.environment("XDG_CONFIG_HOME");
  if (!base.empty()) return fs::path(base) / "nsl";
  return fs::path(place.environment("HOME")) / ".config" / "nsl";
}

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), allowed);
}

// A settings file that was read.
class Json {
 public:
  static Result<Json> read(const fs::path& path) {
    NSL_TRY(const std::string text, read_file(path));
    Json json;
    simdjson::dom::element root;
    if (json.parser_->parse(text).get(root) != simdjson::SUCCESS ||
        root.get(json.object_) != simdjson::SUCCESS) {
      return fail(Code::invalid_configuration, path.string() + " is not a JSON object");
    }
    return json;
  }
  std::string text(std::string_view name) const {
    std::string_view value;
    return object_[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
  }
  std::string part(std::string_view name) const {
    simdjson::dom::element value;
    if (object_[name].get(value) != simdjson::SUCCESS) return {};
    return simdjson::minify(value);
  }

 private:
  // The object points into the parser, which therefore stays where it is.
  std::unique_ptr<simdjson::dom::parser> parser_ = std::make_unique<simdjson::dom::parser>();
  simdjson::dom::object object_;
};

Result<api::Trust> read_trust(const Json& json) {
  api::Trust trust;
  const std::string fingerprint = json.text("development_root_fingerprint");
  if (!fingerprint.empty()) {
    NSL_TRY(trust.development_root, codec::decode_hex_array<32>(fingerprint));
  }
  const std::string measurements = json.part("measurements");
  if (!measurements.empty()) {
    NSL_TRY(trust.measurements, parse_measurements(measurements));
  }
  return trust;
}

// Without a slash at the end.
std::string trimmed(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

Result<Service> read_service(const fs::path& path, std::string profile) {
  NSL_TRY(const Json json, Json::read(path));
  NSL_TRY(api::Trust trust, read_trust(json));
  return Service{trimmed(json.text("url")), std::move(trust), std::move(profile)};
}

std::optional<fs::path> find_dev_file(fs::path directory) {
  std::error_code error;
  while (true) {
    if (fs::exists(directory / kDevFile, error)) return directory / kDevFile;
    if (directory == directory.parent_path()) return std::nullopt;
    directory = directory.parent_path();
  }
}

Result<std::optional<Service>> find_profile(const std::string& name, const Place& place) {
  const std::string wanted = name.empty() ? "default" : name;
  if (!is_name(wanted)) return fail(Code::cli_usage, "A profile's name is [a-z0-9_-]+");
  const fs::path path = settings_folder(place) / "profiles" / (wanted + ".json");
  std::error_code error;
  if (!fs::exists(path, error)) return std::optional<Service>();
  NSL_TRY(Service service, read_service(path, wanted));
  return std::optional<Service>(std::move(service));
}

// Settings that describe the service of this URL: the profile, or the development service here.
Result<Service> find_settings(const GlobalOptions& options, const Place& place,
                              const std::string& url) {
  NSL_TRY(std::optional<Service> profile, find_profile(options.profile, place));
  if (profile.has_value() && (url.empty() || profile->url == url)) return std::move(*profile);
  const auto dev_file = find_dev_file(place.directory);
  if (dev_file.has_value() && (options.profile.empty() || !url.empty())) {
    NSL_TRY(Service service, read_service(*dev_file, options.profile));
    if (url.empty() || service.url == url) return service;
  }
  if (url.empty() && !options.profile.empty()) {
    return fail(Code::cli_usage, "There is no profile " + options.profile);
  }
  Service unknown;
  unknown.url = url;
  unknown.profile = options.profile;
  return unknown;
}

fs::path credentials_path(const Service& service, const Place& place) {
  std::string key = service.profile + "\n" + service.url + "\n";
  if (service.trust.development_root.has_value()) {
    key += codec::encode_hex(*service.trust.development_root);
  }
  const auto digest = crypto::sha256(as_bytes(key));
  return settings_folder(place) / "credentials" /
         (codec::encode_hex(ByteView(digest).first(16)) + ".json");
}

Object measurements_object(const attestation::Registers& registers) {
  Object object;
  for (const auto& [index, value] : registers) {
    object.push_back({std::to_string(index), codec::encode_hex(value)});
  }
  return object;
}

}  // namespace

Result<Service> find_service(const GlobalOptions& options, const Place& place) {
  std::string url = trimmed(options.url);
  if (url.empty()) url = trimmed(place.environment("NSL_URL"));
  NSL_TRY(Service service, find_settings(options, place, url));
  if (service.url.empty()) {
    return fail(Code::cli_usage,
                "No service is named: no --url, NSL_URL, profile or .nsl/dev.json");
  }
  if (!api::is_private_url(service.url)) {
    return fail(Code::cli_usage, "The URL must be https, or http to this machine: " + service.url);
  }
  return service;
}

Result<void> save_profile(const Service& service, const Place& place) {
  if (!is_name(service.profile)) return fail(Code::cli_usage, "A profile's name is [a-z0-9_-]+");
  Object object{{"url", service.url}};
  if (service.trust.development_root.has_value()) {
    object.push_back(
        {"development_root_fingerprint", codec::encode_hex(*service.trust.development_root)});
  }
  if (!service.trust.measurements.empty()) {
    object.push_back({"measurements", measurements_object(service.trust.measurements)});
  }
  const fs::path path = settings_folder(place) / "profiles" / (service.profile + ".json");
  return write_private_file(path, to_json(object) + "\n");
}

Result<std::optional<Credentials>> load_credentials(const Service& service, const Place& place) {
  const fs::path path = credentials_path(service, place);
  std::error_code error;
  if (!fs::exists(path, error)) return std::optional<Credentials>();
  NSL_TRY(const Json json, Json::read(path));
  return std::optional<Credentials>(Credentials{json.text("account"), json.text("address"),
                                                json.text("access_token"),
                                                json.text("expires_at")});
}

Result<void> save_credentials(const Service& service, const Credentials& credentials,
                              const Place& place) {
  const Object object{{"url", service.url},
                      {"account", credentials.account},
                      {"address", credentials.address},
                      {"access_token", credentials.access_token},
                      {"expires_at", credentials.expires_at}};
  return write_private_file(credentials_path(service, place), to_json(object) + "\n");
}

Result<bool> remove_credentials(const Service& service, const Place& place) {
  std::error_code error;
  const bool existed = fs::remove(credentials_path(service, place), error);
  if (error) return fail(Code::io_failed, "The stored token cannot be removed");
  return existed;
}

Result<attestation::Registers> parse_measurements(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(simdjson::padded_string(json)).get(object) != simdjson::SUCCESS) {
    return fail(Code::invalid_configuration, "Measurements are not a JSON object");
  }
  simdjson::dom::object nested;
  if (object["pcrs"].get(nested) == simdjson::SUCCESS) object = nested;
  attestation::Registers registers;
  for (const auto& [name, element] : object) {
    std::string_view value;
    const bool is_index =
        !name.empty() && name.size() <= 2 &&
        std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_index || element.get(value) != simdjson::SUCCESS) {
      return fail(Code::invalid_configuration, "Measurements are {\"0\": \"hex\", ...}");
    }
    NSL_TRY(const auto digest, codec::decode_hex_array<48>(value));
    registers[static_cast<std::uint32_t>(std::stoul(std::string(name)))] = digest;
  }
  if (registers.empty()) return fail(Code::invalid_configuration, "There are no measurements");
  return registers;
}

}  // namespace nsl::client::cli
