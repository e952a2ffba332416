#include "host/nodes/block_signal.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"

namespace nsl::host::nodes {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

constexpr std::int64_t kPatienceMs = 20000;

// A node's websocket: to each listener in turn it sends one of `lives` once it has subscribed, then
// closes.
class NodeOfFewWords {
 public:
  explicit NodeOfFewWords(std::vector<std::vector<std::string>> lives)
      : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
        thread_([this, lives = std::move(lives)] {
          for (const auto& frames : lives) serve(frames);
        }) {}
  ~NodeOfFewWords() { thread_.join(); }
  NodeAddress address() const {
    return {.host = "127.0.0.1", .port = std::to_string(acceptor_.local_endpoint().port())};
  }

 private:
  void serve(const std::vector<std::string>& frames) {
    beast::websocket::stream<tcp::socket> socket(context_);
    acceptor_.accept(socket.next_layer());
    socket.accept();
    beast::flat_buffer asked;
    socket.read(asked);
    EXPECT_NE(beast::buffers_to_string(asked.data()).find("header_of_added_block"),
              std::string::npos);
    for (const std::string& frame : frames) socket.write(asio::buffer(frame));
    boost::system::error_code ignored;
    socket.close(beast::websocket::close_code::normal, ignored);
  }

  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

class Ear {
 public:
  void hear(const SignalFrame& frame) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    heard_.push_back(frame);
    changed_.notify_all();
  }
  std::vector<SignalFrame> wait_for(std::size_t count) NSL_EXCLUDES(mutex_) {
    const Deadline deadline = Deadline::after_ms(clock_, kPatienceMs);
    MutexLock lock(mutex_);
    while (heard_.size() < count) {
      if (changed_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) break;
    }
    return heard_;
  }

 private:
  SystemClock clock_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<SignalFrame> heard_ NSL_GUARDED_BY(mutex_);
};

std::string block(std::uint32_t index) {
  return R"({"method":"header_of_added_block","params":[{"index":)" + std::to_string(index) + "}]}";
}

TEST(BlockSignal, OpensALostWebsocketAgain) {
  const NodeOfFewWords node({{block(5)}, {block(6), R"({"method":"event_missed","params":[]})"}});
  Ear ear;
  const BlockSignal signal(node.address(), 1,
                           [&ear](const SignalFrame& frame) { ear.hear(frame); });
  const auto heard = ear.wait_for(3);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[0].index, neo::BlockIndex(5));
  EXPECT_EQ(heard[1].index, neo::BlockIndex(6));
  EXPECT_EQ(heard[2].kind, SignalFrame::Kind::missed);
}

TEST(BlockSignal, LeavesANodeThatSendsNonsense) {
  const NodeOfFewWords node({{"nonsense", block(5)}, {block(6)}});
  Ear ear;
  const BlockSignal signal(node.address(), 1,
                           [&ear](const SignalFrame& frame) { ear.hear(frame); });
  const auto heard = ear.wait_for(1);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].index, neo::BlockIndex(6));
}

}  // namespace
}  // namespace nsl::host::nodes
