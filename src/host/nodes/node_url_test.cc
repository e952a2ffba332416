#include "host/nodes/node_url.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::host::nodes {
namespace {

TEST(NodeUrl, IsPlainHttpWithAPort) {
  const auto address = parse_node_url("http://127.0.0.1:20331/").value();
  EXPECT_EQ(address.host, "127.0.0.1");
  EXPECT_EQ(address.port, "20331");
  EXPECT_EQ(address.to_text(), "127.0.0.1:20331");
  for (const char* bad : {"", "https://a:1", "http://a", "http://:1", "http://a:x", "http://a/b:1",
                          "http://user:word@a:1"}) {
    EXPECT_EQ(parse_node_url(bad).error().code(), Code::invalid_configuration) << bad;
  }
}

TEST(NodeUrl, OnlySoManyNodesAreTaken) {
  std::vector<std::string> urls;
  for (std::int64_t port = 1; port <= limits::kNodesMax; ++port) {
    urls.push_back("http://a:" + std::to_string(port));
  }
  EXPECT_EQ(parse_node_urls(urls)->size(), urls.size());
  urls.push_back("http://b:1");
  EXPECT_EQ(parse_node_urls(urls).error().code(), Code::invalid_configuration);
}

TEST(NodeUrl, ANodeIsNamedOnce) {
  EXPECT_EQ(parse_node_urls({"http://a:1", "http://a:1/"}).error().code(),
            Code::invalid_configuration);
  EXPECT_EQ(parse_node_urls({}).error().code(), Code::invalid_configuration);
}

}  // namespace
}  // namespace nsl::host::nodes
