#include "core/wire/endpoint.h"

#include <gtest/gtest.h>
#include <sys/un.h>

#include "core/wire/socket_address.h"

namespace nsl::wire {
namespace {

TEST(Endpoint, ReadsBackItsOwnText) {
  for (const std::string text :
       {"unix:/run/nsl/enclave.sock", "vsock:16:5000", "vsock:4294967295:1"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint.has_value()) << text;
    EXPECT_EQ(to_text(*endpoint), text);
  }
}

TEST(Endpoint, RefusesEverythingElse) {
  for (const std::string text :
       {"", "unix:", "unix:relative", "/run/x", "vsock:", "vsock:1", "vsock:1:", "vsock::5000",
        "vsock:1:2:3", "vsock:-1:5000", "vsock:4294967296:1", "vsock:0x10:5000", "tcp:1.2.3.4:1"}) {
    EXPECT_FALSE(parse_endpoint(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_endpoint(std::string("unix:/a\0b", 9)).has_value());
}

TEST(Endpoint, RefusesAPathThatDoesNotFitTheKernelsAddress) {
  const std::string longest = "/" + std::string(kUnixPathBytesMax - 1, 'x');
  EXPECT_TRUE(parse_endpoint("unix:" + longest).has_value());
  EXPECT_FALSE(parse_endpoint("unix:" + longest + "x").has_value());
}

TEST(Endpoint, BecomesAnAddressOfTheRightFamily) {
  EXPECT_EQ(to_socket_address(UnixEndpoint{"/x"}).family(), AF_UNIX);
  const SocketAddress vsock = to_socket_address(VsockEndpoint{.cid = 3, .port = 5000});
  EXPECT_EQ(vsock.family(), AF_VSOCK);
  EXPECT_GE(vsock.size, 16U);
}

}  // namespace
}  // namespace nsl::wire
