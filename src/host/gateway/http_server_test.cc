// The socket side: framing, bounds, slow and idle peers, pipelining, drain.
#include "host/gateway/http_server.h"

#include <thread>

#include "host/gateway/gateway_fixture.h"
#include "host/gateway/http_text.h"
#include "nsl/v1/secret.pb.h"

namespace nsl::host::gateway {
namespace {

constexpr std::string_view kGet = "GET /v1/secrets HTTP/1.1\r\nHost: t\r\n\r\n";

class HttpServerTest : public GatewayTest {
 protected:
  HttpServerTest() { answer(v1::SecretList()); }

  // The server takes its time from the clock when it gets to a connection, which may be after the
  // clock was moved: the clock goes on until the connection is closed.
  void advance_until_closed(TestClient& client) {
    int rounds = 0;
    do {
      clock_.advance_ms(options_.http.idle_ms_max);
      ASSERT_LT(++rounds, 1000);
    } while (!client.reads_end_within_ms(10));
  }

  // The status of the first reply to exactly these bytes; the connection must then end.
  int status_of_refused(std::string_view bytes) {
    if (gateway_ == nullptr) start();
    TestClient client(port_);
    client.send(bytes);
    const auto reply = client.read_reply();
    if (!reply.has_value()) return 0;
    EXPECT_EQ(reply->header("Connection"), "close");
    EXPECT_EQ(reply->header("Content-Type"), "application/problem+json");
    EXPECT_FALSE(reply->header("X-Request-Id").empty());
    client.finish_sending();
    EXPECT_TRUE(client.reads_end());
    return reply->status;
  }
};

TEST_F(HttpServerTest, RefusesBytesThatAreNoHttp) {
  for (const std::string_view bytes :
       {std::string_view("\0\0\0\0\r\n\r\n", 8), std::string_view("hello\r\n\r\n"),
        std::string_view("GET / HTTP/2.0\r\nHost: t\r\n\r\n"),
        std::string_view("GET  / HTTP/1.1\r\nHost: t\r\n\r\n"),
        std::string_view("GET / HTTP/1.1\r\nHost : t\r\n\r\n"),
        std::string_view("GET / HTTP/1.1\r\nHost: t\r\nA: \x01\r\n\r\n"),
        std::string_view("GET / HTTP/1.1\r\nHost: t\r\n: b\r\n\r\n"),
        std::string_view("GET / HTTP/1.1\nHost: t\n\n\r\n\r\n"),
        std::string_view("\x16\x03\x01\x02\r\n\r\n")}) {
    EXPECT_EQ(status_of_refused(bytes), 400) << bytes;
  }
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(HttpServerTest, NeedsExactlyOneHost) {
  EXPECT_EQ(status_of_refused("GET /livez HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of_refused("GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
}

TEST_F(HttpServerTest, RefusesFramingThatTwoServersCouldReadDifferently) {
  const std::string head =
      "POST /v1/wallets HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n";
  for (const char* framing :
       {"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "Content-Length: -1\r\n\r\n{}",
        "Content-Length: 2x\r\n\r\n{}", "Content-Length: 99999999999999999999\r\n\r\n{}",
        "Transfer-Encoding: gzip\r\n\r\n{}", "Transfer-Encoding: chunked, gzip\r\n\r\n{}",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n"}) {
    const int status = status_of_refused(head + framing);
    EXPECT_TRUE(status == 400 || status == 413) << framing << status;
  }
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  start();
  TestClient client(port_);
  client.send(
      "PUT /v1/secrets/a HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  client.send("5;x=y\r\n{\"val\r\n");
  client.send("a\r\nue\": \"vv\"}\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_EQ(client.read_reply()->status, 200);
  EXPECT_EQ(received<v1::PutSecretRequest>().value(), "vv");
}

TEST_F(HttpServerTest, ReadsARequestThatComesByteByByte) {
  start();
  TestClient client(port_);
  for (const char byte : std::string(kGet)) client.send({&byte, 1});
  EXPECT_EQ(client.read_reply()->status, 200);
}

TEST_F(HttpServerTest, RefusesBodiesOverTheLimit) {
  options_.http.body_bytes_max = 100;
  const std::string head =
      "PUT /v1/secrets/a HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n";
  EXPECT_EQ(status_of_refused(head + "Content-Length: 101\r\n\r\n"), 413);
  EXPECT_EQ(status_of_refused(head + "Content-Length: 101\r\n\r\n" + std::string(101, ' ')), 413);
  EXPECT_EQ(status_of_refused(head + "Transfer-Encoding: chunked\r\n\r\n65\r\n" +
                              std::string(101, ' ') + "\r\n0\r\n\r\n"),
            413);
  const std::string fits = "{\"value\":\"" + std::string(88, 'a') + "\"}";
  ASSERT_EQ(fits.size(), 100U);
  EXPECT_EQ(ask("PUT", "/v1/secrets/a", {{"Content-Type", "application/json"}}, fits).status, 200);
}

TEST_F(HttpServerTest, RefusesHeadersOverTheLimit) {
  options_.http.header_bytes_max = 1000;
  EXPECT_EQ(
      status_of_refused("GET / HTTP/1.1\r\nHost: t\r\nA: " + std::string(1000, 'a') + "\r\n\r\n"),
      431);
  EXPECT_EQ(status_of_refused("GET /" + std::string(1000, 'a') + " HTTP/1.1\r\nHost: t\r\n\r\n"),
            431);
  std::string many = "GET / HTTP/1.1\r\nHost: t\r\n";
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  EXPECT_EQ(status_of_refused(many + "\r\n"), 431);
}

TEST_F(HttpServerTest, StopsReadingAnEndlessHeaderLine) {
  start();
  TestClient client(port_);
  // The server refuses on its way; what the peer still sends is dropped.
  client.send("GET / HTTP/1.1\r\nA: " + std::string(100000, 'a'));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 431);
}

TEST_F(HttpServerTest, ServesPipelinedRequestsInOrderOneAtATime) {
  link_.answer_with(nullptr);
  start();
  TestClient client(port_);
  std::string three;
  for (const char* id : {"one", "two", "three"}) {
    three += "GET /v1/secrets HTTP/1.1\r\nHost: t\r\nX-Request-Id: " + std::string(id) + "\r\n\r\n";
  }
  client.send(three);
  for (std::size_t i = 0; i < 3; ++i) {
    link_.wait_for(i + 1);
    // The next one is not begun before this one is answered.
    EXPECT_EQ(link_.request_count(), i + 1);
    link_.release(response_of(v1::SecretList()));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->header("X-Request-Id"), i == 0 ? "one" : i == 1 ? "two" : "three");
  }
}

TEST_F(HttpServerTest, ServesManyPipelinedRequestsAnsweredAtOnce) {
  start();
  TestClient client(port_);
  std::string many;
  for (int i = 0; i < 500; ++i) many += kGet;
  std::thread sender([&] { client.send(many); });
  for (int i = 0; i < 500; ++i) ASSERT_EQ(client.read_reply()->status, 200);
  sender.join();
}

TEST_F(HttpServerTest, ClosesWhenTheClientAsksAndForOldClients) {
  start();
  TestClient asks(port_);
  EXPECT_EQ(asks.exchange("GET", "/v1/secrets", {{"Connection", "close"}}).header("Connection"),
            "close");
  EXPECT_TRUE(asks.reads_end());
  TestClient old(port_);
  old.send("GET /v1/secrets HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read_reply()->header("Connection"), "close");
  EXPECT_TRUE(old.reads_end());
}

TEST_F(HttpServerTest, ClosesIdleConnections) {
  start();
  TestClient fresh(port_);
  TestClient used(port_);
  EXPECT_EQ(used.exchange("GET", "/livez").status, 200);
  EXPECT_FALSE(used.reads_end_within_ms(20));
  advance_until_closed(used);
  advance_until_closed(fresh);
}

TEST_F(HttpServerTest, ClosesSlowRequestsEvenIfBytesTrickleIn) {
  start();
  TestClient client(port_);
  EXPECT_EQ(client.exchange("GET", "/livez").status, 200);
  client.send("GET /v1/secrets HTTP/1.1\r\nHost: t\r\nA: ");
  while (client.send("a")) clock_.advance_ms(1000);
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(HttpServerTest, KeepsAConnectionThatWaitsForTheEnclave) {
  link_.answer_with(nullptr);
  start();
  TestClient client(port_);
  client.send(kGet);
  link_.wait_for(1);
  clock_.advance_ms(10 * options_.http.idle_ms_max);
  // One idle connection on each thread: when they are closed, both timers have looked.
  TestClient idle(port_);
  TestClient other(port_);
  advance_until_closed(idle);
  advance_until_closed(other);
  link_.release(response_of(v1::SecretList()));
  EXPECT_EQ(client.read_reply()->status, 200);
}

TEST_F(HttpServerTest, RefusesConnectionsOverTheLimit) {
  options_.http.connections_max = 2;
  start();
  TestClient first(port_);
  TestClient second(port_);
  EXPECT_EQ(first.exchange("GET", "/livez").status, 200);
  EXPECT_EQ(second.exchange("GET", "/livez").status, 200);
  TestClient third(port_);
  const auto refused = third.read_reply();
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->header("Retry-After"), "1");
  EXPECT_EQ(first.exchange("GET", "/livez").status, 200);
}

TEST_F(HttpServerTest, AsksForTheBodyOfAClientThatExpectsIt) {
  start();
  TestClient client(port_);
  client.send(
      "PUT /v1/secrets/a HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
      "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_reply()->status, 100);
  client.send("{}");
  EXPECT_EQ(client.read_reply()->status, 200);
}

TEST_F(HttpServerTest, SurvivesClientsThatLeave) {
  link_.answer_with(nullptr);
  start();
  {
    TestClient leaves(port_);
    leaves.send(kGet);
    link_.wait_for(1);
  }
  {
    TestClient half(port_);
    half.send("GET /v1");
  }
  link_.release(response_of(v1::SecretList()));
  EXPECT_EQ(ask("GET", "/livez").status, 200);
}

TEST_F(HttpServerTest, WritesLargeRepliesToSlowReaders) {
  v1::SecretValue value;
  value.set_value(std::string(900'000, 'a'));
  answer(value);
  start();
  TestClient client(port_);
  const TestReply reply = client.exchange("GET", "/v1/secrets/a/value");
  EXPECT_GT(reply.body.size(), 900'000U);
  EXPECT_EQ(client.exchange("GET", "/livez").status, 200);
}

TEST_F(HttpServerTest, DrainsWhatIsInFlightAndAcceptsNothingMore) {
  link_.answer_with(nullptr);
  start();
  TestClient busy(port_);
  TestClient idle(port_);
  EXPECT_EQ(idle.exchange("GET", "/livez").status, 200);
  busy.send(kGet);
  link_.wait_for(1);
  std::thread stopper([this] { gateway_->drain_and_stop(); });
  EXPECT_TRUE(idle.reads_end());
  link_.release(response_of(v1::SecretList()));
  const auto reply = busy.read_reply();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->header("Connection"), "close");
  stopper.join();
  EXPECT_TRUE(busy.reads_end());
}

TEST_F(HttpServerTest, StopsInTimeEvenIfTheEnclaveNeverAnswers) {
  options_.http.drain_ms_max = 1;
  link_.answer_with(nullptr);
  start();
  TestClient busy(port_);
  busy.send(kGet);
  link_.wait_for(1);
  gateway_->drain_and_stop();
  EXPECT_TRUE(busy.reads_end());
  // The late answer finds nobody and harms nothing.
  link_.release(response_of(v1::SecretList()));
}

TEST_F(HttpServerTest, FailsToStartOnATakenPort) {
  start();
  GatewayOptions taken = options_;
  taken.port = port_;
  Gateway second(taken, link_, metrics_, clock_, random_);
  auto started = second.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code(), Code::io_failed);
}

TEST_F(HttpServerTest, AnswersManyClientsFromManyThreads) {
  start();
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      TestClient client(port_);
      for (int n = 0; n < 50; ++n) {
        if (client.exchange("GET", "/v1/secrets").status == 200) ++answered;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 400);
}

TEST(HttpText, FormatsDatesAsRfc9110Says) {
  EXPECT_EQ(http_date(WallTime(784'111'777'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpText, WritesNoBodyAndNoLengthWhereThereIsNone) {
  std::string bytes;
  HttpReply reply;
  reply.status = 204;
  append_reply(reply, {.keeps_alive = true}, "now", bytes);
  EXPECT_EQ(bytes, "HTTP/1.1 204 No Content\r\nDate: now\r\nConnection: keep-alive\r\n\r\n");
  bytes.clear();
  reply.status = 200;
  reply.content_type = "a/b";
  reply.body = make_body("xyz");
  append_reply(reply, {.keeps_alive = false, .is_head = true}, "now", bytes);
  EXPECT_EQ(bytes,
            "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: a/b\r\nContent-Length: 3\r\n"
            "Connection: close\r\n\r\n");
}

TEST(HttpText, KnowsTheStatusOfEveryError) {
  for (std::uint16_t i = 0; i < kCodeCount; ++i) {
    EXPECT_NE(status_text(code_http_status(static_cast<Code>(i))), "Other");
  }
}

}  // namespace
}  // namespace nsl::host::gateway
