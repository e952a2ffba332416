#include "client/dev/port.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace nsl::client::dev {
namespace {

// A socket of another program, closed at the end of the test.
class Other {
 public:
  Other() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Other() { ::close(descriptor_); }
  Other(const Other&) = delete;
  Other& operator=(const Other&) = delete;

  void share_its_address() const {
    const int shared = 1;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &shared, sizeof(shared));
  }
  // Whether the kernel knows the option (Linux 6.3).
  bool use_only_port(std::uint16_t port) const {
    constexpr int kLocalPortRange = 51;  // IP_LOCAL_PORT_RANGE of linux/in.h
    const std::uint32_t range = (std::uint32_t{port} << 16) | port;
    return ::setsockopt(descriptor_, IPPROTO_IP, kLocalPortRange, &range, sizeof(range)) == 0;
  }
  bool bind(std::uint16_t port) const { return call(::bind, port); }
  bool connect(std::uint16_t port) const { return call(::connect, port); }
  bool listen() const { return ::listen(descriptor_, 8) == 0; }

 private:
  template <typename Call>
  bool call(Call function, std::uint16_t port) const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = ::htons(port);
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    return function(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }

  int descriptor_;
};

TEST(ReservedPort, LetsTheHostListenAndComeBack) {
  const ReservedPort reserved = ReservedPort::take(0).value();
  EXPECT_NE(reserved.number(), 0);
  for (int life = 0; life < 2; ++life) {
    const Other host;
    host.share_its_address();
    ASSERT_TRUE(host.bind(reserved.number()));
    ASSERT_TRUE(host.listen());
    const Other visitor;
    EXPECT_TRUE(visitor.connect(reserved.number()));
  }
}

TEST(ReservedPort, GoesToNobodyWhileTheHostIsAway) {
  const Other listener;
  const ReservedPort elsewhere = ReservedPort::take(0).value();
  listener.share_its_address();
  ASSERT_TRUE(listener.bind(elsewhere.number()));
  ASSERT_TRUE(listener.listen());

  std::uint16_t port = 0;
  {
    const ReservedPort reserved = ReservedPort::take(0).value();
    port = reserved.number();
    EXPECT_FALSE(Other().bind(port));
    const Other outgoing;
    if (!outgoing.use_only_port(port)) GTEST_SKIP() << "this kernel chooses ports by itself";
    EXPECT_FALSE(outgoing.connect(elsewhere.number()));
    EXPECT_EQ(errno, EADDRNOTAVAIL);
  }
  // Without the reservation it would have had it.
  const Other outgoing;
  ASSERT_TRUE(outgoing.use_only_port(port));
  EXPECT_TRUE(outgoing.connect(elsewhere.number()));
}

TEST(ReservedPort, SaysThatAnotherProgramHasIt) {
  const ReservedPort place = ReservedPort::take(0).value();
  const Other listener;
  listener.share_its_address();
  ASSERT_TRUE(listener.bind(place.number()));
  ASSERT_TRUE(listener.listen());
  const auto second = ReservedPort::take(place.number());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), Code::conflict);
  EXPECT_NE(second.error().message().find(std::to_string(place.number())), std::string::npos);
}

}  // namespace
}  // namespace nsl::client::dev
