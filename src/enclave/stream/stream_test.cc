#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/base/limits.h"
#include "enclave/stream/byte_stream.h"
#include "enclave/stream/descriptor.h"

namespace nsl::enclave::stream {
namespace {

class Stream : public testing::Test {
 protected:
  Stream() {
    std::string pattern = testing::TempDir() + "nsl-stream-XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~Stream() override { std::filesystem::remove_all(directory_); }

  wire::Endpoint endpoint() const { return wire::UnixEndpoint{directory_ + "/socket"}; }
  Deadline in_ms(std::int64_t ms) const { return Deadline::after_ms(clock_, ms); }

  SystemClock clock_;
  std::string directory_;
};

std::pair<Descriptor, Descriptor> make_pair_of_sockets() {
  std::array<int, 2> numbers{};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, numbers.data()), 0);
  return {Descriptor(numbers[0]), Descriptor(numbers[1])};
}

TEST_F(Stream, ConnectsAcceptsAndCarriesBytes) {
  const auto listener = listen_on(endpoint());
  ASSERT_TRUE(listener.has_value());
  auto client = connect_to(endpoint(), in_ms(5000), clock_);
  ASSERT_TRUE(client.has_value());
  const Waker waker;
  auto server = accept_from(*listener, waker);
  ASSERT_TRUE(server.has_value());
  SocketStream left(std::move(*client), clock_);
  SocketStream right(std::move(*server), clock_);
  const std::string sent(300'000, 'x');
  std::thread writer([&] { EXPECT_TRUE(left.write_all(as_bytes(sent), in_ms(5000)).has_value()); });
  std::string received;
  std::array<std::uint8_t, 4096> chunk{};
  while (received.size() < sent.size()) {
    const auto size = right.read_some(chunk, in_ms(5000));
    ASSERT_TRUE(size.has_value() && *size > 0);
    received += as_text(ByteView(chunk).first(*size));
  }
  writer.join();
  EXPECT_EQ(received, sent);
}

TEST_F(Stream, ReplacesASocketFileLeftByADeadProcess) {
  {
    ASSERT_TRUE(listen_on(endpoint()).has_value());
  }
  EXPECT_TRUE(listen_on(endpoint()).has_value());
}

TEST_F(Stream, NeverReplacesAFileThatIsNoSocket) {
  const std::string path = std::get<wire::UnixEndpoint>(endpoint()).path;
  ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
  EXPECT_FALSE(listen_on(endpoint()).has_value());
  EXPECT_TRUE(std::filesystem::is_directory(path));
}

TEST_F(Stream, LetsNobodyElseOpenTheSocketFile) {
  const auto listener = listen_on(endpoint());
  struct stat status{};
  ASSERT_EQ(stat(std::get<wire::UnixEndpoint>(endpoint()).path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Stream, AWokenAcceptReturnsCancelled) {
  const auto listener = listen_on(endpoint());
  const Waker waker;
  std::thread waking([&] { waker.wake(); });
  EXPECT_EQ(accept_from(*listener, waker).error().code(), Code::cancelled);
  waking.join();
}

TEST_F(Stream, ConnectingToNobodyIsUnavailable) {
  EXPECT_EQ(connect_to(endpoint(), in_ms(1000), clock_).error().code(), Code::unavailable);
}

TEST_F(Stream, ASilentPeerEndsAtTheDeadline) {
  auto [left, right] = make_pair_of_sockets();
  SocketStream stream(std::move(left), clock_);
  std::array<std::uint8_t, 1> byte{};
  EXPECT_EQ(stream.read_some(byte, in_ms(20)).error().code(), Code::deadline_exceeded);
}

TEST_F(Stream, APeerThatNeverReadsEndsAtTheDeadline) {
  auto [left, right] = make_pair_of_sockets();
  SocketStream stream(std::move(left), clock_);
  const std::string much(10'000'000, 'x');
  EXPECT_EQ(stream.write_all(as_bytes(much), in_ms(20)).error().code(), Code::deadline_exceeded);
}

TEST_F(Stream, APeerThatClosedIsTheEndForReadsAndLostForWrites) {
  auto [left, right] = make_pair_of_sockets();
  SocketStream stream(std::move(left), clock_);
  right = Descriptor();
  std::array<std::uint8_t, 1> byte{};
  EXPECT_EQ(stream.read_some(byte, in_ms(1000)), 0U);
  EXPECT_EQ(stream.write_all(byte, in_ms(1000)).error().code(), Code::connection_lost);
}

TEST_F(Stream, ShuttingDownWakesABlockedReader) {
  auto [left, right] = make_pair_of_sockets();
  std::thread reader([&left] {
    std::array<std::uint8_t, 1> byte{};
    EXPECT_EQ(read_some(left, byte), 0U);
  });
  shut_down(left);
  reader.join();
}

TEST_F(Stream, AVsockEndpointUsesTheVsockFamily) {
  // Nobody listens there; that the kernel was asked at all is what matters.
  const auto result = connect_to(wire::VsockEndpoint{.cid = 2, .port = 1}, in_ms(200), clock_);
  EXPECT_FALSE(result.has_value());
}

TEST_F(Stream, WritesInPiecesAVsockBackEndTakes) {
  // A socket that keeps the borders between writes shows their sizes.
  std::array<int, 2> numbers{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, numbers.data()), 0);
  const Descriptor reader(numbers[0]);
  SocketStream writer(Descriptor(numbers[1]), clock_);
  const Bytes sent(2 * static_cast<std::size_t>(limits::kFrameWriteBytesMax) + 1, 'x');
  const auto piece_sizes = [&reader] {
    std::vector<std::int64_t> sizes;
    Bytes piece(static_cast<std::size_t>(limits::kFrameBytesMax));
    for (int i = 0; i < 3; ++i) {
      sizes.push_back(recv(reader.number(), piece.data(), piece.size(), MSG_DONTWAIT));
    }
    return sizes;
  };
  const std::vector<std::int64_t> expected = {limits::kFrameWriteBytesMax,
                                              limits::kFrameWriteBytesMax, 1};
  ASSERT_TRUE(writer.write_all(sent, in_ms(5000)).has_value());
  EXPECT_EQ(piece_sizes(), expected);
  ASSERT_TRUE(write_all(writer.release(), sent).has_value());
  EXPECT_EQ(piece_sizes(), expected);
}

}  // namespace
}  // namespace nsl::enclave::stream
