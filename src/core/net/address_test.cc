#include "core/net/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>

#include "core/base/random.h"

namespace nsl::net {
namespace {

bool is_public_text(const std::string& text) {
  const auto address = parse_ip_address(text);
  EXPECT_TRUE(address.has_value()) << text;
  return address.has_value() && is_public(*address);
}

TEST(Address, ReadsIpv4Strictly) {
  EXPECT_EQ(to_text(parse_ip_address("1.2.3.255").value()), "1.2.3.255");
  for (const std::string text : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04",
                                 "0x1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", "1..3.4",
                                 "1.2.3.", ".1.2.3", "2130706433", "1.2.3.4/8", "1.2.3.-4"}) {
    EXPECT_FALSE(parse_ip_address(text).has_value()) << text;
  }
}

TEST(Address, ReadsIpv6AsTheReferenceImplementationDoes) {
  // glibc's inet_pton is the reference; it too refuses zones and brackets.
  for (const std::string text :
       {"::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "64:ff9b::1.2.3.4",
        "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "FE80::ABCD",
        // Refused by both.
        ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::1", "::1%lo",
        "[::1]", "1:2:3:4:5:6:7:8::", "::1.2.3", "1.2.3.4::", "1:", ":1", "::1.2.3.4:5", "::-1",
        "::+1", "::0x1", "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4::1"}) {
    in6_addr expected{};
    const bool is_valid = inet_pton(AF_INET6, text.c_str(), &expected) == 1;
    const auto address = parse_ip_address(text);
    ASSERT_EQ(address.has_value(), is_valid) << text;
    if (!is_valid) continue;
    EXPECT_TRUE(std::equal(address->bytes.begin(), address->bytes.end(), expected.s6_addr)) << text;
  }
}

TEST(Address, WritesIpv6AsRfc5952Says) {
  const std::array<std::pair<std::string, std::string>, 7> cases = {{
      {"2001:0db8:0:0:0:0:2:1", "2001:db8::2:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:DB8::ABCD", "2001:db8::abcd"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"1:0:0:0:0:0:0:0", "1::"},
  }};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(to_text(parse_ip_address(text).value()), expected);
  }
}

TEST(Address, ReadsBackItsOwnTextForAnyBytes) {
  SeededRandom random(3);
  for (int i = 0; i < 2000; ++i) {
    IpAddress address{.family = IpAddress::Family::v6, .bytes = random.bytes<16>()};
    const auto mask = random.bytes<8>();  // Zero groups, so that "::" occurs.
    for (std::size_t group = 0; group < 8; ++group) {
      if (mask[group] < 128) address.bytes[2 * group] = address.bytes[2 * group + 1] = 0;
    }
    EXPECT_EQ(parse_ip_address(to_text(address)), address) << to_text(address);
  }
}

TEST(Address, KnowsTheEdgesOfEveryNonPublicIpv4Range) {
  // The last public address before, the first and last of the range, the first public one after.
  struct Edge {
    const char* before;
    const char* first;
    const char* last;
    const char* after;
  };
  for (const Edge& edge : {
           Edge{nullptr, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
           Edge{"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
           Edge{"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
           Edge{"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
           Edge{"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
           Edge{"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
           Edge{"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
           Edge{"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
           Edge{"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
           Edge{"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
           Edge{"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
           Edge{"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
           Edge{"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
           Edge{"223.255.255.255", "224.0.0.0", "255.255.255.255", nullptr},
       }) {
    EXPECT_TRUE(edge.before == nullptr || is_public_text(edge.before)) << edge.first;
    EXPECT_FALSE(is_public_text(edge.first)) << edge.first;
    EXPECT_FALSE(is_public_text(edge.last)) << edge.last;
    EXPECT_TRUE(edge.after == nullptr || is_public_text(edge.after)) << edge.last;
  }
}

TEST(Address, CallsOnlyGlobalUnicastIpv6Public) {
  for (const std::string text : {"2000::1", "2606:4700::1111", "2a00:1450::1", "2001:200::1",
                                 "2001:db7::1", "2001:db9::1", "2003::1", "3ffe:ffff::1"}) {
    EXPECT_TRUE(is_public_text(text)) << text;
  }
  for (const std::string text : {"::",
                                 "::1",
                                 "::2",
                                 "::ffff:8.8.8.8",
                                 "::ffff:127.0.0.1",
                                 "::127.0.0.1",
                                 "64:ff9b::8.8.8.8",
                                 "64:ff9b:1::1",
                                 "100::1",
                                 "1fff:ffff::1",
                                 "2001::1",
                                 "2001:2::1",
                                 "2001:10::1",
                                 "2001:20::1",
                                 "2001:1ff:ffff::1",
                                 "2001:db8::1",
                                 "2002::1",
                                 "2002:7f00:1::1",
                                 "2002:ffff::1",
                                 "3fff::1",
                                 "3fff:fff:ffff::1",
                                 "4000::1",
                                 "5f00::1",
                                 "8000::1",
                                 "fc00::1",
                                 "fd00:ec2::254",
                                 "fdff::1",
                                 "fe80::1",
                                 "febf::1",
                                 "fec0::1",
                                 "ff02::1",
                                 "ffff::1"}) {
    EXPECT_FALSE(is_public_text(text)) << text;
  }
}

TEST(Address, ReadsAddressesWithPorts) {
  for (const std::string text : {"127.0.0.1:8443", "[::1]:1", "[2001:db8::1]:65535"}) {
    const auto endpoint = parse_ip_endpoint(text);
    ASSERT_TRUE(endpoint.has_value()) << text;
    EXPECT_EQ(to_text(*endpoint), text);
  }
  for (const std::string text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:080",
        "::1:80", "[::1]", "[127.0.0.1]:80", "[::1:80", "::1]:80", "localhost:80",
        "127.0.0.1:+80"}) {
    EXPECT_FALSE(parse_ip_endpoint(text).has_value()) << text;
  }
}

TEST(Address, DialsAPrivateAddressOnlyWhenAddressAndPortAreListed) {
  const std::array allowed = {parse_ip_endpoint("127.0.0.1:8443").value()};
  EXPECT_TRUE(may_dial(parse_ip_endpoint("127.0.0.1:8443").value(), allowed));
  EXPECT_FALSE(may_dial(parse_ip_endpoint("127.0.0.1:8444").value(), allowed));
  EXPECT_FALSE(may_dial(parse_ip_endpoint("127.0.0.2:8443").value(), allowed));
  EXPECT_FALSE(may_dial(parse_ip_endpoint("[::ffff:127.0.0.1]:8443").value(), allowed));
  EXPECT_TRUE(may_dial(parse_ip_endpoint("8.8.8.8:443").value(), allowed));
}

}  // namespace
}  // namespace nsl::net
