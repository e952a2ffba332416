#include "client/cli/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "client/cli/files.h"

namespace nsl::client::cli {
namespace {

namespace fs = std::filesystem;

class Settings : public testing::Test {
 protected:
  Settings() {
    std::string pattern = testing::TempDir() + "nsl-settings-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    variables_["XDG_CONFIG_HOME"] = (folder_ / "config").string();
    fs::create_directories(folder_ / "work" / "deep");
  }
  ~Settings() override { fs::remove_all(folder_); }

  Place place() const {
    return {[this](const std::string& name) {
              const auto found = variables_.find(name);
              return found == variables_.end() ? std::string() : found->second;
            },
            folder_ / "work" / "deep"};
  }
  void write(const fs::path& path, const std::string& text) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }
  void write_dev_file() const {
    write("work/.nsl/dev.json", R"({"url": "http://127.0.0.1:7000/", "pids": [1, 2],)"
                                R"("development_root_fingerprint": ")" +
                                    std::string(64, 'a') + "\"}");
  }
  std::string url(const GlobalOptions& options) const {
    const auto service = find_service(options, place());
    return service.has_value() ? service->url : "refused: " + service.error().message();
  }

  fs::path folder_;
  std::map<std::string, std::string> variables_;
};

TEST_F(Settings, TheUrlIsTheOptionThenTheVariableThenTheProfileThenTheNearestDevFile) {
  EXPECT_TRUE(url({}).starts_with("refused: No service is named"));
  write_dev_file();
  EXPECT_EQ(url({}), "http://127.0.0.1:7000");
  write("config/nsl/profiles/default.json", R"({"url": "https://default.example"})");
  EXPECT_EQ(url({}), "https://default.example");
  write("config/nsl/profiles/prod.json", R"({"url": "https://prod.example"})");
  EXPECT_EQ(url({.profile = "prod", .url = {}}), "https://prod.example");
  variables_["NSL_URL"] = "https://variable.example/";
  EXPECT_EQ(url({.profile = "prod", .url = {}}), "https://variable.example");
  EXPECT_EQ(url({.profile = {}, .url = "https://option.example"}), "https://option.example");
}

TEST_F(Settings, ADevelopmentRootIsTrustedOnlyForTheServiceThatNamesIt) {
  write_dev_file();
  const auto here = find_service({.profile = {}, .url = "http://127.0.0.1:7000"}, place());
  ASSERT_TRUE(here.has_value());
  EXPECT_TRUE(here->trust.development_root.has_value());
  const auto other = find_service({.profile = {}, .url = "http://127.0.0.1:7001"}, place());
  ASSERT_TRUE(other.has_value());
  EXPECT_FALSE(other->trust.development_root.has_value());
}

TEST_F(Settings, AnUnknownProfileIsRefusedAlthoughADevFileIsNear) {
  write_dev_file();
  EXPECT_EQ(url({.profile = "prod", .url = {}}), "refused: There is no profile prod");
  EXPECT_TRUE(url({.profile = "../x", .url = {}}).starts_with("refused: A profile's name"));
}

TEST_F(Settings, ATokenInClearOverTheNetworkIsRefused) {
  EXPECT_TRUE(url({.profile = {}, .url = "http://example.com"}).starts_with("refused: The URL"));
}

TEST_F(Settings, BrokenFilesAreNamed) {
  for (const char* text : {"", "[]", "{", R"({"url": "https://x", "measurements": {"a": "b"}})",
                           R"({"url": "https://x", "development_root_fingerprint": "00"})"}) {
    write("config/nsl/profiles/default.json", text);
    EXPECT_FALSE(find_service({}, place()).has_value()) << text;
  }
}

TEST_F(Settings, AProfileIsReadBackAsItWasSaved) {
  Service service;
  service.url = "https://prod.example";
  service.profile = "prod";
  service.trust.measurements[0].fill(7);
  service.trust.measurements[8].fill(9);
  ASSERT_TRUE(save_profile(service, place()).has_value());
  const auto found = find_service({.profile = "prod", .url = {}}, place());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->url, service.url);
  EXPECT_EQ(found->trust.measurements, service.trust.measurements);
}

TEST_F(Settings, ATokenIsKeptPrivatelyAndForOneServiceOnly) {
  Service service;
  service.url = "http://127.0.0.1:7000";
  service.trust.development_root.emplace();
  ASSERT_TRUE(
      save_credentials(service, {"acc_1", "Naddress", "token", "later"}, place()).has_value());
  const auto found = load_credentials(service, place());
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->access_token, "token");
  EXPECT_EQ((*found)->account, "acc_1");
  for (const auto& entry : fs::directory_iterator(folder_ / "config/nsl/credentials")) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_EQ(fs::status(folder_ / "config/nsl/credentials").permissions(), fs::perms::owner_all);

  // Another URL, another profile, or the same place with a new root: another service.
  Service other = service;
  other.url = "http://127.0.0.1:7001";
  EXPECT_FALSE(load_credentials(other, place())->has_value());
  other = service;
  other.profile = "prod";
  EXPECT_FALSE(load_credentials(other, place())->has_value());
  other = service;
  (*other.trust.development_root)[0] = 1;
  EXPECT_FALSE(load_credentials(other, place())->has_value());

  EXPECT_EQ(remove_credentials(service, place()).value(), true);
  EXPECT_EQ(remove_credentials(service, place()).value(), false);
  EXPECT_FALSE(load_credentials(service, place())->has_value());
}

TEST_F(Settings, MeasurementsMayStandAloneOrInAManifest) {
  const std::string value(96, 'b');
  for (const std::string& json :
       {"{\"0\": \"" + value + "\"}", "{\"pcrs\": {\"0\": \"" + value + "\"}}"}) {
    const auto registers = parse_measurements(json);
    ASSERT_TRUE(registers.has_value());
    EXPECT_EQ(registers->at(0)[0], 0xbb);
  }
  for (const char* json : {"{}", "[]", "{\"0\": 1}", "{\"x\": \"00\"}", "{\"0\": \"00\"}", ""}) {
    EXPECT_FALSE(parse_measurements(json).has_value()) << json;
  }
}

TEST_F(Settings, FilesThatAreAbsentFoldersOrHugeAreRefused) {
  EXPECT_EQ(read_file(folder_ / "absent").error().code(), Code::cli_usage);
  EXPECT_EQ(read_file(folder_).error().code(), Code::cli_usage);
  write("huge", std::string(kFileBytesMax + 1, 'x'));
  EXPECT_EQ(read_file(folder_ / "huge").error().code(), Code::cli_usage);
}

}  // namespace
}  // namespace nsl::client::cli
