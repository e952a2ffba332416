// The service with programs that only pretend: shell scripts that read the flags the real ones
// take.
#include "client/dev/service.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "core/base/limits.h"
#include "core/crypto/pem.h"

namespace nsl::client::dev {
namespace {

namespace fs = std::filesystem;

class DevelopmentService : public testing::Test {
 protected:
  DevelopmentService() {
    fs::create_directory(bin());
    // Arguments: --listen L --dial D --state S ...
    script("nsl-enclave-dev",
           "printf '%s' \"$ROOT\" > \"$6/development-root.pem\"; echo \"$@\" > \"$6/flags\"\n"
           "exec sleep 600");
    // Arguments: --enclave E --dial-listen D --state S --listen A --ready-file F ...
    script(
        "nsl-host",
        "echo \"$@\" > \"$6/flags\"; echo x >> \"$6/starts\"\n"
        "echo '{\"url\": \"http://127.0.0.1:4321\"}' > \"${10}.new\"; mv \"${10}.new\" \"${10}\"\n"
        "exec sleep 600");
    ::setenv("ROOT", crypto::encode_certificate_pem(root_).c_str(), 1);
  }
  ~DevelopmentService() override { fs::remove_all(folder_); }

  fs::path bin() const { return folder_ / "bin"; }
  fs::path state() const { return folder_ / "state"; }
  void script(const std::string& name, const std::string& body) const {
    std::ofstream file(bin() / name);
    file << "#!/bin/sh\n" << body << "\n";
    file.close();
    fs::permissions(bin() / name, fs::perms::owner_all);
  }
  ServiceOptions options() const {
    return {.program_folder = bin(),
            .state_folder = state(),
            .dev_file = folder_ / ".nsl" / "dev.json",
            .chain_urls = {"http://127.0.0.1:1", "http://127.0.0.1:2"},
            .network = "42",
            .accepted_chain = "0x01",
            .extra_root = {},
            .allow_addresses = {"127.0.0.1:8443"},
            .layers_waived = {"user"},
            .restart_delay_ms = 1};
  }
  static std::string read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_ = make_socket_folder().value();
  Bytes root_ = {1, 2, 3};
  SystemClock clock_;
  std::string said_;
  Service::Say say_ = [this](std::string_view line) { said_ += std::string(line) + "\n"; };
};

TEST_F(DevelopmentService, TellsTheCommandLineWhereItIs) {
  {
    Service service(options(), clock_, say_);
    const auto running = service.start();
    ASSERT_TRUE(running.has_value()) << running.error().message();
    EXPECT_EQ((*running)->url, "http://127.0.0.1:4321");
    EXPECT_EQ((*running)->development_root, crypto::sha256(root_));
    const std::string dev = read(folder_ / ".nsl" / "dev.json");
    EXPECT_NE(dev.find("\"url\":\"http://127.0.0.1:4321\""), std::string::npos) << dev;
    EXPECT_NE(dev.find("\"network\":\"42\""), std::string::npos) << dev;
    const std::string enclave = read(state() / "enclave" / "flags");
    EXPECT_NE(enclave.find("--chain http://127.0.0.1:1 --chain http://127.0.0.1:2 "
                           "--allow-address 127.0.0.1:8443"),
              std::string::npos)
        << enclave;
    EXPECT_NE(enclave.find("--network 42"), std::string::npos) << enclave;
    EXPECT_NE(enclave.find("--without-layer user"), std::string::npos) << enclave;
    EXPECT_NE(enclave.find("--accept-chain 0x01"), std::string::npos) << enclave;
    const std::string host = read(state() / "host" / "flags");
    EXPECT_NE(host.find("--network 42 --accept-chain 0x01 --chain http://127.0.0.1:1 "
                        "--chain http://127.0.0.1:2 "),
              std::string::npos)
        << host;
    EXPECT_EQ(fs::status(state() / "enclave").permissions(), fs::perms::owner_all);
  }
  EXPECT_FALSE(fs::exists(folder_ / ".nsl" / "dev.json"));
}

TEST_F(DevelopmentService, StopsOnTheSignal) {
  Service service(options(), clock_, say_);
  ASSERT_TRUE(service.start().has_value());
  ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
  EXPECT_TRUE(service.supervise().has_value());
}

TEST_F(DevelopmentService, StartsADeadHostAgainWhereItWas) {
  script("nsl-host",
         "echo x >> \"$6/starts\"; echo \"$8\" >> \"$6/listens\"\n"
         "echo '{\"url\": \"http://127.0.0.1:4321\"}' > \"${10}.new\"; mv \"${10}.new\" \"${10}\"\n"
         "[ $(wc -l < \"$6/starts\") -ge 3 ] && kill -INT $PPID\n"
         "[ $(wc -l < \"$6/starts\") -ge 3 ] && exec sleep 600\n"
         "while [ ! -e \"$6/../../.nsl/dev.json\" ]; do :; done; exit 1");
  Service service(options(), clock_, say_);
  ASSERT_TRUE(service.start().has_value());
  EXPECT_TRUE(service.supervise().has_value());
  const std::string listens = read(state() / "host" / "listens");
  const std::string first = listens.substr(0, listens.find('\n') + 1);
  EXPECT_TRUE(first.starts_with("127.0.0.1:")) << first;
  EXPECT_NE(first, "127.0.0.1:0\n");
  EXPECT_EQ(listens, first + first + first);
  EXPECT_NE(said_.find("nsl-host ended (exit status 1)"), std::string::npos) << said_;
}

TEST_F(DevelopmentService, GivesUpOnAHostThatKeepsDying) {
  script("nsl-host", "echo x >> \"$6/starts\"; echo no such flag; exit 2");
  Service service(options(), clock_, say_);
  const auto running = service.start();
  ASSERT_FALSE(running.has_value());
  EXPECT_EQ(running.error().code(), Code::unavailable);
  EXPECT_NE(running.error().message().find("no such flag"), std::string::npos);
  EXPECT_EQ(read(state() / "host" / "starts").size(),
            2 * static_cast<std::size_t>(limits::kRestartsMax + 1));
}

TEST_F(DevelopmentService, StopsWhileItWaitsToStartAPartAgain) {
  ServiceOptions patient = options();
  patient.restart_delay_ms = 60'000;
  script("nsl-host", "while [ ! -e \"$6/../enclave/flags\" ]; do :; done; kill -INT $PPID; exit 1");
  Service service(patient, clock_, say_);
  const auto running = service.start();
  ASSERT_TRUE(running.has_value());
  EXPECT_FALSE(running->has_value());
}

TEST_F(DevelopmentService, KeepsStateUnlessAskedForAFreshOne) {
  fs::create_directories(state() / "host");
  std::ofstream(state() / "host" / "kept") << "x";
  {
    Service service(options(), clock_, say_);
    ASSERT_TRUE(service.start().has_value());
  }
  EXPECT_TRUE(fs::exists(state() / "host" / "kept"));
  ServiceOptions fresh = options();
  fresh.start = ServiceOptions::Start::fresh;
  Service service(fresh, clock_, say_);
  ASSERT_TRUE(service.start().has_value());
  EXPECT_FALSE(fs::exists(state() / "host" / "kept"));
}

TEST_F(DevelopmentService, RefusesAStateThatIsInUse) {
  Service first(options(), clock_, say_);
  ASSERT_TRUE(first.start().has_value());
  Service second(options(), clock_, say_);
  const auto running = second.start();
  ASSERT_FALSE(running.has_value());
  EXPECT_EQ(running.error().code(), Code::conflict);
}

TEST_F(DevelopmentService, SaysWhichProgramIsMissing) {
  fs::remove(bin() / "nsl-host");
  Service service(options(), clock_, say_);
  const auto running = service.start();
  ASSERT_FALSE(running.has_value());
  EXPECT_NE(running.error().message().find("nsl-host"), std::string::npos);
}

}  // namespace
}  // namespace nsl::client::dev
