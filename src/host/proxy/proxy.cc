#include "host/proxy/proxy.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>

#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "core/base/log.h"
#include "core/wire/socket_address.h"

namespace nsl::host::proxy {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;
using Socket = Protocol::socket;
using Tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kBufferBytes = 16384;  // A vsock back end stalls on larger writes.
constexpr std::size_t kNameBytesMax = 253;   // RFC 1035 section 2.3.4, as text.

using ReadyReply = std::promise<Result<internal::v1::DialReply>>;

// One of the open dials; gives its place back when the dial ends, however it ends.
class Place {
 public:
  explicit Place(std::atomic<std::size_t>& used) : used_(used) {}
  ~Place() { --used_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::atomic<std::size_t>& used_;
};

net::IpEndpoint to_ip_endpoint(const Tcp::endpoint& endpoint) {
  net::IpEndpoint result{.address = {}, .port = endpoint.port()};
  if (endpoint.address().is_v4()) {
    std::ranges::copy(endpoint.address().to_v4().to_bytes(), result.address.bytes.begin());
  } else {
    result.address.family = net::IpAddress::Family::v6;
    std::ranges::copy(endpoint.address().to_v6().to_bytes(), result.address.bytes.begin());
  }
  return result;
}

// Moves bytes between the enclave and the remote end until one of them is done. The enclave never
// half-closes: when it ends, both ends close. The remote end's last bytes still reach the enclave.
// Shared by its own pending operations.
class Pump final : public std::enable_shared_from_this<Pump> {
 public:
  Pump(Socket enclave, Socket remote, std::unique_ptr<Place> place, std::int64_t idle_ms_max)
      : enclave_(std::move(enclave)),
        remote_(std::move(remote)),
        place_(std::move(place)),
        idle_ms_max_(idle_ms_max),
        idle_timer_(enclave_.get_executor()) {}

  // Tells the enclave that the way is open, then lets bytes flow.
  void start() {
    static constexpr std::array<std::uint8_t, 1> kOpen = {1};
    asio::async_write(enclave_, asio::buffer(kOpen),
                      [self = shared_from_this()](const error_code& failure, std::size_t) {
                        if (!failure) self->flow();
                      });
  }

 private:
  using Buffer = std::array<std::uint8_t, kBufferBytes>;
  using AtEnd = void (*)(Pump&);

  void flow() {
    watch_idle();
    forward(enclave_, remote_, outward_, [](Pump& self) { self.close(); });
    forward(remote_, enclave_, inward_, [](Pump& self) {
      error_code ignored;
      self.enclave_.shutdown(Socket::shutdown_send, ignored);
    });
  }

  void forward(Socket& from, Socket& to, Buffer& buffer, AtEnd at_end) {
    from.async_read_some(
        asio::buffer(buffer), [self = shared_from_this(), &from, &to, &buffer, at_end](
                                  const error_code& failure, std::size_t size) {
          if (failure == asio::error::eof) return at_end(*self);
          if (failure) return self->close();
          self->is_active_ = true;
          asio::async_write(
              to, asio::buffer(buffer.data(), size),
              [self, &from, &to, &buffer, at_end](const error_code& write_failure, std::size_t) {
                if (write_failure) return self->close();
                self->forward(from, to, buffer, at_end);
              });
        });
  }

  void watch_idle() {
    idle_timer_.expires_after(std::chrono::milliseconds(idle_ms_max_));
    idle_timer_.async_wait([self = shared_from_this()](const error_code& failure) {
      if (failure) return;
      if (!std::exchange(self->is_active_, false)) return self->close();
      self->watch_idle();
    });
  }

  void close() {
    error_code ignored;
    enclave_.close(ignored);
    remote_.close(ignored);
    idle_timer_.cancel();
  }

  Socket enclave_;
  Socket remote_;
  std::unique_ptr<Place> place_;
  const std::int64_t idle_ms_max_;
  asio::steady_timer idle_timer_;
  bool is_active_ = false;
  Buffer outward_{};
  Buffer inward_{};
};

// One dial from the request to a connected socket. Shared by its own pending operations.
class Dial final : public std::enable_shared_from_this<Dial> {
 public:
  using Finished = std::function<void(Result<std::pair<Tcp::socket, net::IpAddress>>)>;

  Dial(asio::io_context& io, const std::vector<net::IpEndpoint>& allowed, Finished finished)
      : allowed_(allowed),
        finished_(std::move(finished)),
        resolver_(io),
        socket_(io),
        deadline_timer_(io) {}

  void start(const std::string& host, std::uint16_t port, const Deadline& deadline) {
    deadline_timer_.expires_at(deadline.steady_time());
    deadline_timer_.async_wait([self = shared_from_this()](const error_code& failure) {
      if (!failure) self->finish(fail(Code::deadline_exceeded));
    });
    resolver_.async_resolve(
        host, std::to_string(port), Tcp::resolver::numeric_service,
        [self = shared_from_this()](const error_code& failure,
                                    const Tcp::resolver::results_type& results) {
          if (failure) return self->finish(fail(Code::name_not_resolved));
          self->choose(results);
        });
  }

 private:
  void choose(const Tcp::resolver::results_type& results) {
    for (const auto& entry : results) {
      if (net::may_dial(to_ip_endpoint(entry.endpoint()), allowed_)) {
        candidates_.push_back(entry.endpoint());
      }
    }
    if (candidates_.empty()) return finish(fail(Code::private_address_refused));
    connect_next();
  }

  void connect_next() {
    if (next_ == candidates_.size()) return finish(fail(Code::dial_failed));
    const Tcp::endpoint endpoint = candidates_[next_++];
    error_code ignored;
    socket_.close(ignored);
    socket_.async_connect(
        endpoint, [self = shared_from_this(), endpoint](const error_code& failure) {
          if (!self->finished_) return;
          if (failure) return self->connect_next();
          error_code ignored_too;
          self->socket_.set_option(Tcp::no_delay(true), ignored_too);
          self->finish(std::pair(std::move(self->socket_), to_ip_endpoint(endpoint).address));
        });
  }

  void finish(Result<std::pair<Tcp::socket, net::IpAddress>> result) {
    if (!finished_) return;
    const Finished finished = std::exchange(finished_, nullptr);
    deadline_timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    if (!result.has_value()) socket_.close(ignored);
    finished(std::move(result));
  }

  const std::vector<net::IpEndpoint>& allowed_;
  Finished finished_;
  Tcp::resolver resolver_;
  Tcp::socket socket_;
  asio::steady_timer deadline_timer_;
  std::vector<Tcp::endpoint> candidates_;
  std::size_t next_ = 0;
};

// A connection that has not yet shown a token. Shared by its own pending operations.
struct Visitor {
  explicit Visitor(Socket connected) : socket(std::move(connected)), timer(socket.get_executor()) {}
  Socket socket;
  asio::steady_timer timer;
  std::array<char, kTokenBytes> token{};
};

// A connected remote end that waits for its token.
struct Waiting {
  Tcp::socket remote;
  std::unique_ptr<Place> place;
  std::unique_ptr<asio::steady_timer> expiry;
};

}  // namespace

// Everything below runs on thread_, except dial() and dials_open().
class Proxy::Loop {
 public:
  Loop(Options options, Random& random) : options_(std::move(options)), random_(random) {}
  ~Loop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start();
  Result<internal::v1::DialReply> dial(const link::OutcallContext& call,
                                       const internal::v1::DialRequest& request);
  std::size_t dials_open() const { return dials_open_; }

 private:
  void accept_next();
  void welcome(Socket socket);
  void check_token(const std::shared_ptr<Visitor>& visitor);
  internal::v1::DialReply hand_out_token(std::pair<Tcp::socket, net::IpAddress> dialled,
                                         std::unique_ptr<Place> place);

  const Options options_;
  Random& random_;
  std::atomic<std::size_t> dials_open_ = 0;
  std::size_t visitors_ = 0;

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::basic_socket_acceptor<Protocol> acceptor_{io_};
  std::unordered_map<std::string, Waiting> waiting_;
  std::thread thread_;
};

Result<void> Proxy::Loop::start() {
  const wire::SocketAddress address = wire::to_socket_address(options_.endpoint);
  const Protocol::endpoint endpoint(address.pointer(), address.size);
  const auto* const unix_endpoint = std::get_if<wire::UnixEndpoint>(&options_.endpoint);
  std::error_code ignored;
  if (unix_endpoint != nullptr && std::filesystem::is_socket(unix_endpoint->path, ignored)) {
    std::filesystem::remove(unix_endpoint->path, ignored);
  }
  error_code failure;
  acceptor_.open(endpoint.protocol(), failure);
  if (!failure) acceptor_.bind(endpoint, failure);
  if (!failure) acceptor_.listen(static_cast<int>(options_.dials_open_max), failure);
  if (failure) {
    return fail(Code::io_failed, "Cannot listen for dialled connections", failure.message());
  }
  if (unix_endpoint != nullptr) {
    using std::filesystem::perms;
    std::filesystem::permissions(unix_endpoint->path, perms::owner_read | perms::owner_write,
                                 ignored);
  }
  accept_next();
  thread_ = std::thread([this] { io_.run(); });
  return {};
}

Result<internal::v1::DialReply> Proxy::Loop::dial(const link::OutcallContext& call,
                                                  const internal::v1::DialRequest& request) {
  if (request.host().empty() || request.host().size() > kNameBytesMax ||
      request.host().find('\0') != std::string::npos || request.port() == 0 ||
      request.port() > 65535) {
    return fail(Code::invalid_argument, "Not a host and port");
  }
  const std::size_t used = dials_open_++;
  auto place = std::make_unique<Place>(dials_open_);
  if (used >= options_.dials_open_max) return fail(Code::overloaded, "Too many dials are open");

  // Shared with the loop, which may outlast the return of set_value.
  const auto answer = std::make_shared<ReadyReply>();
  auto future = answer->get_future();
  // A function object must be copyable, hence the shared owner.
  const auto kept_place = std::make_shared<std::unique_ptr<Place>>(std::move(place));
  const auto dial = std::make_shared<Dial>(
      io_, options_.allowed_addresses,
      [this, answer, kept_place](Result<std::pair<Tcp::socket, net::IpAddress>> dialled) {
        if (!dialled.has_value()) {
          kept_place->reset();
          answer->set_value(fail(dialled.error()));
        } else {
          answer->set_value(hand_out_token(std::move(*dialled), std::move(*kept_place)));
        }
      });
  asio::post(io_, [dial, host = request.host(), port = static_cast<std::uint16_t>(request.port()),
                   deadline = call.deadline] { dial->start(host, port, deadline); });
  return future.get();
}

internal::v1::DialReply Proxy::Loop::hand_out_token(std::pair<Tcp::socket, net::IpAddress> dialled,
                                                    std::unique_ptr<Place> place) {
  const auto bytes = random_.bytes<kTokenBytes>();
  const std::string token(as_text(bytes));
  auto expiry =
      std::make_unique<asio::steady_timer>(io_, std::chrono::milliseconds(options_.token_ttl_ms));
  expiry->async_wait([this, token](const error_code& failure) {
    if (!failure) waiting_.erase(token);
  });
  const bool is_new = waiting_
                          .emplace(token, Waiting{.remote = std::move(dialled.first),
                                                  .place = std::move(place),
                                                  .expiry = std::move(expiry)})
                          .second;
  NSL_ASSERT(is_new);
  internal::v1::DialReply reply;
  reply.set_token(token);
  reply.set_address(net::to_text(dialled.second));
  if (const auto* vsock = std::get_if<wire::VsockEndpoint>(&options_.endpoint)) {
    reply.set_port(vsock->port);
  }
  return reply;
}

void Proxy::Loop::accept_next() {
  acceptor_.async_accept([this](const error_code& failure, Socket socket) {
    if (failure == asio::error::operation_aborted) return;
    // Over the bound, or without descriptors: the visitor is turned away.
    if (!failure && visitors_ < options_.dials_open_max) welcome(std::move(socket));
    accept_next();
  });
}

void Proxy::Loop::welcome(Socket socket) {
  const auto visitor = std::make_shared<Visitor>(std::move(socket));
  ++visitors_;
  visitor->timer.expires_after(std::chrono::milliseconds(options_.token_ttl_ms));
  visitor->timer.async_wait([visitor](const error_code& failure) {
    error_code ignored;
    if (!failure) visitor->socket.close(ignored);
  });
  asio::async_read(visitor->socket, asio::buffer(visitor->token),
                   [this, visitor](const error_code& failure, std::size_t) {
                     --visitors_;
                     visitor->timer.cancel();
                     if (!failure) check_token(visitor);
                   });
}

void Proxy::Loop::check_token(const std::shared_ptr<Visitor>& visitor) {
  auto node = waiting_.extract(std::string(visitor->token.data(), visitor->token.size()));
  if (node.empty()) {
    log_warning("proxy", "a connection brought an unknown token");
    return;
  }
  std::make_shared<Pump>(std::move(visitor->socket), Socket(std::move(node.mapped().remote)),
                         std::move(node.mapped().place), options_.idle_ms_max)
      ->start();
}

Proxy::Proxy(Options options, Random& random)
    : loop_(std::make_unique<Loop>(std::move(options), random)) {}
Proxy::~Proxy() = default;

Result<void> Proxy::start() { return loop_->start(); }
Result<internal::v1::DialReply> Proxy::dial(const link::OutcallContext& call,
                                            const internal::v1::DialRequest& request) {
  return loop_->dial(call, request);
}
std::size_t Proxy::dials_open() const { return loop_->dials_open(); }

}  // namespace nsl::host::proxy
