// HttpClient and HttpConnection against servers of the test: each dial reaches one scripted server
// on the other end of a socketpair.
#include "enclave/outcall/http_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <deque>
#include <functional>
#include <thread>

#include "enclave/tls/testing/authority.h"
#include "enclave/tls/testing/server.h"

namespace nsl::enclave::outcall {
namespace {

constexpr WallTime kNow(1'800'000'000'000);
constexpr tls::testing::Validity kValid = {.from = WallTime(kNow.value() - 86'400'000),
                                           .until = WallTime(kNow.value() + 86'400'000)};

// Wall time of the test; monotonic time of the machine plus what the test advances.
class TestClock final : public Clock {
 public:
  WallTime wall_time() const override { return kNow; }
  MonotonicTime monotonic_time() const override {
    return MonotonicTime(SystemClock().monotonic_time().value() + advanced_ms);
  }
  std::atomic<std::int64_t> advanced_ms = 0;
};

// What one server does with its connection.
using Script = std::function<void(stream::ByteStream&)>;
enum class Layer : std::uint8_t { tls, plain };

class ScriptedDialer final : public Dialer {
 public:
  ScriptedDialer(const Clock& clock, const tls::testing::Authority& authority)
      : clock_(clock), authority_(authority) {}
  ~ScriptedDialer() override { join(); }

  void expect(Script script, Layer layer = Layer::tls, std::string name = "DNS:example.com") {
    scripts_.push_back({std::move(script), layer, std::move(name)});
  }
  Result<std::unique_ptr<stream::ByteStream>> dial(const std::string& host, std::uint16_t port,
                                                   const Deadline& /*deadline*/) override {
    dialled.push_back(host + ":" + std::to_string(port));
    if (host == "private.example.com") return fail(Code::private_address_refused);
    if (scripts_.empty()) return fail(Code::dial_failed);
    std::array<int, 2> numbers{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, numbers.data()), 0);
    Entry entry = std::move(scripts_.front());
    scripts_.pop_front();
    servers_.emplace_back([this, entry = std::move(entry), number = numbers[1]] {
      auto carrier = std::make_unique<stream::SocketStream>(stream::Descriptor(number), clock_);
      if (entry.layer == Layer::plain) return entry.script(*carrier);
      const auto stream =
          tls::testing::accept_tls(std::move(carrier), authority_.issue(entry.name, kValid),
                                   tls::testing::Protocols::all, Deadline::after_ms(clock_, 5000));
      if (!stream.has_value()) return;
      entry.script(**stream);
      [[maybe_unused]] const auto said = (*stream)->finish(Deadline::after_ms(clock_, 5000));
    });
    return std::make_unique<stream::SocketStream>(stream::Descriptor(numbers[0]), clock_);
  }
  void join() {
    for (std::thread& server : servers_) server.join();
    servers_.clear();
  }

  std::vector<std::string> dialled;

 private:
  struct Entry {
    Script script;
    Layer layer;
    std::string name;
  };
  const Clock& clock_;
  const tls::testing::Authority& authority_;
  std::deque<Entry> scripts_;
  std::vector<std::thread> servers_;
};

class Http : public testing::Test {
 protected:
  Http()
      : tls_(tls::TlsClient::make(authority_.root_pem(), "", clock_).value()),
        dialer_(clock_, authority_),
        client_({.dialer = dialer_, .tls = *tls_, .clock = clock_}),
        connection_({.dialer = dialer_, .tls = *tls_, .clock = clock_}) {
    policy_.allowed_hosts = {"example.com", "private.example.com", "node.example.com:10332"};
  }

  Deadline soon() const { return Deadline::after_ms(clock_, 5000); }
  std::string read_head(stream::ByteStream& stream) const {
    std::string text;
    std::array<std::uint8_t, 1> byte{};
    while (!text.ends_with("\r\n\r\n")) {
      const auto size = stream.read_some(byte, soon());
      if (!size.has_value() || *size == 0) break;
      text += as_text(byte);
    }
    return text;
  }
  // Reads one request without a body and answers `reply`.
  Script answering(std::string reply) {
    return [this, reply = std::move(reply)](stream::ByteStream& stream) {
      request_ = read_head(stream);
      [[maybe_unused]] const auto sent = stream.write_all(as_bytes(reply), soon());
    };
  }
  // Repeats `piece` after `head` until the client hangs up; counts the bytes that left.
  Script pouring(std::string head, std::string piece) {
    return [this, head = std::move(head), piece = std::move(piece)](stream::ByteStream& stream) {
      read_head(stream);
      poured_ = 0;
      if (!stream.write_all(as_bytes(head), soon()).has_value()) return;
      while (stream.write_all(as_bytes(piece), soon()).has_value()) poured_ += piece.size();
    };
  }
  Result<HttpReply> get(const std::string& url, std::vector<HttpHeader> headers = {}) {
    return client_.exchange(
        {.method = "GET", .url = url, .headers = std::move(headers), .body = ""}, policy_, soon());
  }
  Code refusal_of(const std::string& reply) {
    dialer_.expect(answering(reply));
    const auto result = get("https://example.com/");
    return result.has_value() ? Code::internal : result.error().code();
  }

  TestClock clock_;
  tls::testing::Authority authority_{"Test authority", kValid};
  std::unique_ptr<tls::TlsClient> tls_;
  std::string request_;  // Written by a server, read after its reply.
  std::atomic<std::size_t> poured_ = 0;
  ScriptedDialer dialer_;
  HttpClient client_;
  HttpConnection connection_;
  EgressPolicy policy_;
};

TEST_F(Http, SendsARequestAndReadsItsReply) {
  dialer_.expect(answering(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
  const auto reply = get("https://example.com/v1?x=1", {{.name = "X-Api", .value = "a b"}});
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "{}");
  EXPECT_EQ(reply->header("content-type"), "application/json");
  EXPECT_EQ(reply->final_url, "https://example.com/v1?x=1");
  EXPECT_EQ(reply->certificate_hash.size(), 32U);
  EXPECT_EQ(dialer_.dialled, std::vector<std::string>{"example.com:443"});
  EXPECT_EQ(request_,
            "GET /v1?x=1 HTTP/1.1\r\nHost: example.com\r\nX-Api: a b\r\n"
            "User-Agent: neo-service-layer\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

TEST_F(Http, SendsABodyWithItsLength) {
  dialer_.expect([this](stream::ByteStream& stream) {
    request_ = read_head(stream);
    std::array<std::uint8_t, 16> body{};
    EXPECT_EQ(stream.read_some(body, soon()), 5U);
    EXPECT_EQ(as_text(ByteView(body).first(5)), "hello");
    EXPECT_TRUE(stream.write_all(as_bytes("HTTP/1.1 204 No Content\r\n\r\n"), soon()).has_value());
  });
  const auto reply = client_.exchange(
      {.method = "POST", .url = "https://example.com/", .headers = {}, .body = "hello"}, policy_,
      soon());
  EXPECT_EQ(reply->status, 204);
  EXPECT_NE(request_.find("Content-Length: 5\r\n"), std::string::npos);
}

TEST_F(Http, ReadsAChunkedReply) {
  dialer_.expect(
      answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                "4;x=y\r\nWiki\r\n5\r\npedia\r\n0\r\nTrailer: t\r\n\r\n"));
  EXPECT_EQ(get("https://example.com/")->body, "Wikipedia");
}

TEST_F(Http, ReadsAReplyThatComesByteByByte) {
  for (const std::string reply :
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\n\r\nok"}) {
    dialer_.expect([this, reply](stream::ByteStream& stream) {
      read_head(stream);
      for (const char byte : reply) {
        EXPECT_TRUE(stream.write_all(as_bytes(std::string_view(&byte, 1)), soon()).has_value());
      }
    });
    EXPECT_EQ(get("https://example.com/")->body, "ok") << reply;
  }
  dialer_.expect([this](stream::ByteStream& stream) {  // Nothing but the last chunk.
    read_head(stream);
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
    EXPECT_TRUE(stream.write_all(as_bytes(head), soon()).has_value());
    for (const std::string_view byte : {"\r", "\n"}) {
      EXPECT_TRUE(stream.write_all(as_bytes(byte), soon()).has_value());
    }
  });
  EXPECT_EQ(get("https://example.com/")->body, "");
}

TEST_F(Http, ReadsAReplyThatEndsWithTheConnection) {
  dialer_.expect(answering("HTTP/1.0 200 OK\r\n\r\nto the end"));
  EXPECT_EQ(get("https://example.com/")->body, "to the end");
}

TEST_F(Http, SkipsInterimReplies) {
  dialer_.expect(
      answering("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"));
  EXPECT_EQ(get("https://example.com/")->status, 200);
  std::string endless;
  for (int i = 0; i < 10; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(refusal_of(endless), Code::http_malformed_reply);
  EXPECT_EQ(refusal_of("HTTP/1.1 101 Switching Protocols\r\n\r\n"), Code::http_malformed_reply);
}

TEST_F(Http, AHeadReplyHasNoBody) {
  dialer_.expect(answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
  const auto reply =
      client_.exchange({.method = "HEAD", .url = "https://example.com/", .headers = {}, .body = ""},
                       policy_, soon());
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "");
}

TEST_F(Http, RefusesMalformedReplies) {
  for (const std::string reply :
       {"garbage\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "HTTP/1.1 200 O",
        "HTTP/1.1 100 Continue\r\n\r\n"}) {
    EXPECT_EQ(refusal_of(reply), Code::http_malformed_reply) << reply;
  }
}

TEST_F(Http, AServerThatSaysNothingAndHangsUpIsLost) {
  EXPECT_EQ(refusal_of(""), Code::connection_lost);
}

TEST_F(Http, ACutConnectionIsNeverTheEndOfABody) {
  // Without TLS's farewell the end cannot be believed.
  auto left_over = std::make_shared<std::string>("HTTP/1.0 200 OK\r\n\r\nhalf an ans");
  dialer_.expect([this, left_over](stream::ByteStream& stream) {
    read_head(stream);
    EXPECT_TRUE(stream.write_all(as_bytes(*left_over), soon()).has_value());
    clock_.advanced_ms = 100'000;  // The farewell is past every deadline and is not sent.
  });
  EXPECT_FALSE(get("https://example.com/").has_value());
}

TEST_F(Http, StopsReadingAGigabyteAtTheLimit) {
  dialer_.expect(answering("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"));
  EXPECT_EQ(get("https://example.com/").error().code(), Code::http_reply_too_large);
  dialer_.expect(pouring("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                         "4000\r\n" + std::string(0x4000, 'x') + "\r\n"));
  EXPECT_EQ(get("https://example.com/").error().code(), Code::http_reply_too_large);
  dialer_.expect(pouring("HTTP/1.0 200 OK\r\n\r\n", std::string(65536, 'x')));
  EXPECT_EQ(get("https://example.com/").error().code(), Code::http_reply_too_large);
  dialer_.join();
  EXPECT_LT(poured_, 4U * 1024 * 1024);
}

TEST_F(Http, StopsReadingEndlessHeadersChunkLinesAndTrailers) {
  const std::string filler(1000, 'x');
  dialer_.expect(pouring("HTTP/1.1 200 OK\r\n", "X: " + filler + "\r\n"));
  EXPECT_EQ(get("https://example.com/").error().code(), Code::http_reply_too_large);
  dialer_.expect(pouring("HTTP/1.1 200 ", filler));
  EXPECT_FALSE(get("https://example.com/").has_value());
  dialer_.expect(pouring("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", filler));
  EXPECT_FALSE(get("https://example.com/").has_value());
  dialer_.expect(pouring("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                         "X: " + filler + "\r\n"));
  EXPECT_FALSE(get("https://example.com/").has_value());
  dialer_.join();
  EXPECT_LT(poured_, 2U * 1024 * 1024);
}

TEST_F(Http, AStalledServerCostsOnlyTheDeadline) {
  dialer_.expect([this](stream::ByteStream& stream) {
    read_head(stream);
    std::array<std::uint8_t, 1> byte{};
    [[maybe_unused]] const auto ended = stream.read_some(byte, soon());  // Until the client goes.
  });
  const HttpRequest request{
      .method = "GET", .url = "https://example.com/", .headers = {}, .body = ""};
  const auto reply = client_.exchange(request, policy_, Deadline::after_ms(clock_, 60));
  EXPECT_EQ(reply.error().code(), Code::deadline_exceeded);
}

TEST_F(Http, AServerThatDripsBytesIsCutAtTheOutcallLimit) {
  dialer_.expect([this](stream::ByteStream& stream) {
    read_head(stream);
    EXPECT_TRUE(stream.write_all(as_bytes("HTTP/1.1 200 OK\r\n"), soon()).has_value());
    for (int i = 0; i < 1000; ++i) {
      clock_.advanced_ms += 1000;  // One byte a second of the test's clock.
      if (!stream.write_all(as_bytes("X"), soon()).has_value()) return;
    }
    ADD_FAILURE() << "The client waited for 1000 seconds";
  });
  const HttpRequest request{
      .method = "GET", .url = "https://example.com/", .headers = {}, .body = ""};
  const auto reply = client_.exchange(request, policy_, Deadline::after_ms(clock_, 3'600'000));
  EXPECT_EQ(reply.error().code(), Code::deadline_exceeded);
}

TEST_F(Http, RefusesHostsThatAreNotOnTheList) {
  for (const std::string url :
       {"https://example.org/", "https://sub.example.com/", "https://example.com:8443/",
        "https://node.example.com/", "https://example.com.evil.org/"}) {
    EXPECT_EQ(get(url).error().code(), Code::host_not_allowed) << url;
  }
  EXPECT_TRUE(dialer_.dialled.empty());
}

TEST_F(Http, RefusesPlainHttpUnlessThePolicyAllowsIt) {
  EXPECT_EQ(get("http://example.com/").error().code(), Code::scheme_refused);
  EXPECT_TRUE(dialer_.dialled.empty());
  policy_.plain_http = PlainHttp::allowed;
  dialer_.expect(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), Layer::plain);
  const auto reply = get("http://example.com/");
  ASSERT_TRUE(reply.has_value());
  EXPECT_TRUE(reply->certificate_hash.empty());
}

TEST_F(Http, RefusesAServerWithACertificateForAnotherName) {
  dialer_.expect(answering(""), Layer::tls, "DNS:example.org");
  EXPECT_EQ(get("https://example.com/").error().code(), Code::tls_failed);
}

TEST_F(Http, RefusesRequestsThatAreNotPlainHttp) {
  const auto refusal = [this](const HttpRequest& request) {
    return client_.exchange(request, policy_, soon()).error().code();
  };
  const std::string url = "https://example.com/";
  EXPECT_EQ(refusal({.method = "TRACE", .url = url, .headers = {}, .body = ""}),
            Code::invalid_argument);
  EXPECT_EQ(refusal({.method = "GET /x HTTP/1.1\r\n", .url = url, .headers = {}, .body = ""}),
            Code::invalid_argument);
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"X\r\nY", "z"},
                                                        {"X", "a\r\nEvil: 1"},
                                                        {"X", "a\nb"},
                                                        {"", "x"},
                                                        {"X Y", "z"},
                                                        {"X:", "z"},
                                                        {"X", std::string("\0", 1)},
                                                        {"Host", "evil.com"},
                                                        {"content-length", "0"},
                                                        {"Transfer-Encoding", "chunked"},
                                                        {"Connection", "upgrade"},
                                                        {"Expect", "100-continue"}}) {
    EXPECT_EQ(
        refusal(
            {.method = "GET", .url = url, .headers = {{.name = name, .value = value}}, .body = ""}),
        Code::invalid_argument)
        << name;
  }
  EXPECT_EQ(refusal({.method = "POST", .url = url, .headers = {}, .body = std::string(65537, 'x')}),
            Code::payload_too_large);
  EXPECT_EQ(refusal({.method = "GET",
                     .url = url,
                     .headers = {{.name = "X", .value = std::string(40'000, 'x')}},
                     .body = ""}),
            Code::headers_too_large);
  EXPECT_TRUE(dialer_.dialled.empty());
}

TEST_F(Http, FollowsARedirectToAnAllowedHost) {
  dialer_.expect(answering("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"));
  dialer_.expect(answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere"));
  const auto reply = get("https://example.com/first");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "here");
  EXPECT_EQ(reply->final_url, "https://example.com/next");
  EXPECT_EQ(dialer_.dialled.size(), 2U);
}

TEST_F(Http, RefusesRedirectsThatLeaveThePolicy) {
  for (const std::string location :
       {"https://example.org/", "http://example.com/", "https://example.com:8443/",
        "https://user@example.com/", "//evil.com/", "file:///etc/passwd", "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data"}) {
    dialer_.dialled.clear();
    EXPECT_EQ(
        refusal_of("HTTP/1.1 301 Moved\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n"),
        Code::redirect_refused)
        << location;
    EXPECT_EQ(dialer_.dialled.size(), 1U) << location;
  }
}

TEST_F(Http, RefusesARedirectToANameWithAPrivateAddress) {
  EXPECT_EQ(refusal_of("HTTP/1.1 301 Moved\r\nLocation: https://private.example.com/\r\n"
                       "Content-Length: 0\r\n\r\n"),
            Code::private_address_refused);
}

TEST_F(Http, ARequestWithACredentialFollowsNoRedirect) {
  const std::string redirect =
      "HTTP/1.1 307 Temporary\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
  for (const HttpHeader& header :
       {HttpHeader{.name = "AUTHORIZATION", .value = "Bearer x"},
        HttpHeader{.name = "Cookie", .value = "a=b"},
        HttpHeader{.name = "X-Api-Key", .value = "secret", .kind = HeaderKind::secret}}) {
    dialer_.expect(answering(redirect));
    EXPECT_EQ(get("https://example.com/", {header}).error().code(), Code::redirect_refused);
  }
  EXPECT_EQ(dialer_.dialled.size(), 3U);
}

TEST_F(Http, OnlyGetAndHeadFollowARedirect) {
  dialer_.expect([this](stream::ByteStream& stream) {
    read_head(stream);
    EXPECT_TRUE(
        stream
            .write_all(
                as_bytes("HTTP/1.1 303 See Other\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
                soon())
            .has_value());
  });
  const auto reply =
      client_.exchange({.method = "POST", .url = "https://example.com/", .headers = {}, .body = ""},
                       policy_, soon());
  EXPECT_EQ(reply.error().code(), Code::redirect_refused);
}

TEST_F(Http, FollowsOnlySoManyRedirects) {
  for (int i = 0; i < 10; ++i) {
    dialer_.expect(
        answering("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"));
  }
  EXPECT_EQ(get("https://example.com/").error().code(), Code::redirect_refused);
  EXPECT_EQ(dialer_.dialled.size(), static_cast<std::size_t>(limits::kOutcallRedirectsMax) + 1);
}

TEST_F(Http, GivesBackOrRefusesARedirectAsThePolicySays) {
  const std::string redirect = "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n";
  policy_.redirects = RedirectRule::give_back;
  dialer_.expect(answering(redirect));
  EXPECT_EQ(get("https://example.com/", {{.name = "Authorization", .value = "x"}})->status, 302);
  policy_.redirects = RedirectRule::refuse;
  EXPECT_EQ(refusal_of(redirect), Code::redirect_refused);
}

TEST_F(Http, AConnectionIsKeptForTheNextExchange) {
  dialer_.expect([this](stream::ByteStream& stream) {
    for (const std::string body : {"one", "two"}) {
      request_ = read_head(stream);
      EXPECT_EQ(request_.find("Connection: close"), std::string::npos);
      const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + body;
      EXPECT_TRUE(stream.write_all(as_bytes(reply), soon()).has_value());
    }
  });
  const HttpRequest request{
      .method = "GET", .url = "https://example.com/", .headers = {}, .body = ""};
  EXPECT_EQ(connection_.exchange(request, policy_, soon())->body, "one");
  EXPECT_EQ(connection_.exchange(request, policy_, soon())->body, "two");
  EXPECT_EQ(dialer_.dialled.size(), 1U);
}

TEST_F(Http, AKeptConnectionThatWasClosedIsOpenedAgain) {
  const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  dialer_.expect(answering(reply));
  dialer_.expect(answering(reply));
  const HttpRequest request{
      .method = "GET", .url = "https://example.com/", .headers = {}, .body = ""};
  EXPECT_TRUE(connection_.exchange(request, policy_, soon()).has_value());
  dialer_.join();
  EXPECT_TRUE(connection_.exchange(request, policy_, soon()).has_value());
  EXPECT_EQ(dialer_.dialled.size(), 2U);
}

TEST_F(Http, AConnectionIsNotKeptAfterBytesNobodyAskedFor) {
  dialer_.expect(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"));
  dialer_.expect(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nclean"));
  const HttpRequest request{
      .method = "GET", .url = "https://example.com/", .headers = {}, .body = ""};
  EXPECT_EQ(connection_.exchange(request, policy_, soon())->body, "ok");
  EXPECT_EQ(connection_.exchange(request, policy_, soon())->body, "clean");
}

TEST_F(Http, AConnectionGivesARedirectBack) {
  dialer_.expect(
      answering("HTTP/1.1 302 Found\r\nLocation: https://evil.com/\r\nContent-Length: 0\r\n\r\n"));
  const HttpRequest request{
      .method = "GET", .url = "https://example.com/", .headers = {}, .body = ""};
  EXPECT_EQ(connection_.exchange(request, policy_, soon())->status, 302);
}

}  // namespace
}  // namespace nsl::enclave::outcall
