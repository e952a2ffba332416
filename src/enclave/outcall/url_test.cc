#include "enclave/outcall/url.h"

#include <gtest/gtest.h>

#include <utility>

namespace nsl::enclave::outcall {
namespace {

TEST(Url, ReadsSchemeHostPortAndTarget) {
  const auto url = parse_url("https://API.Example.com:8443/v1/price?pair=neo_usd&x=%2F#part");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->host, "api.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/v1/price?pair=neo_usd&x=%2F");
  EXPECT_EQ(to_text(*url), "https://api.example.com:8443/v1/price?pair=neo_usd&x=%2F");
  EXPECT_EQ(authority_of(*url), "api.example.com:8443");
}

TEST(Url, FillsInWhatIsLeftOut) {
  EXPECT_EQ(to_text(parse_url("https://example.com").value()), "https://example.com/");
  EXPECT_EQ(to_text(parse_url("HTTPS://example.com:443?a").value()), "https://example.com/?a");
  EXPECT_EQ(parse_url("http://example.com").value().port, 80);
  EXPECT_EQ(to_text(parse_url("http://example.com:443").value()), "http://example.com:443/");
}

TEST(Url, ReadsAddresses) {
  EXPECT_EQ(parse_url("https://127.0.0.1:1/").value().host, "127.0.0.1");
  const auto v6 = parse_url("https://[0:0::1]:8443/x");
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(to_text(*v6), "https://[::1]:8443/x");
}

TEST(Url, RefusesWhatTwoParsersCouldReadDifferently) {
  for (const std::string text : {"https://user@example.com/",
                                 "https://user:pass@example.com/",
                                 "https://good.com@evil.com/",
                                 "https://evil.com\\@good.com/",
                                 "https://good.com\\.evil.com/",
                                 "https://exa mple.com/",
                                 "https://example.com/a b",
                                 "https://example.com/a\tb",
                                 "https://example.com/\r\nX: y",
                                 "https://exam%70le.com/",
                                 "https://example.com:/",
                                 "https://example.com:0/",
                                 "https://example.com:080/",
                                 "https://example.com:65536/",
                                 "https://example.com:44 3/",
                                 "https://example..com/",
                                 "https://.example.com/",
                                 "https://example.com./",
                                 "https://-example.com/",
                                 "https://example-.com/",
                                 "https://b\xc3\xbc"
                                 "cher.de/",
                                 "https://example.com/\xc3\xbc",
                                 "https://127.1/",
                                 "https://0x7f.0.0.1/",
                                 "https://127.0.0.0x1/",
                                 "https://2130706433/",
                                 "https://0177.0.0.1/",
                                 "https://1.2.3.4.5/",
                                 "https://[::1/",
                                 "https://[127.0.0.1]/",
                                 "https://[::1%25lo]/",
                                 "https://[::1]x/",
                                 "https://[::ffff:zz]/",
                                 "https:///path",
                                 "https://",
                                 "https:example.com",
                                 "//example.com",
                                 "example.com",
                                 "https://example.com/%",
                                 "https://example.com/%2",
                                 "https://example.com/%zz",
                                 "https://example.com/<x>",
                                 "https://example.com/\"",
                                 "https://example.com/a^b"}) {
    EXPECT_FALSE(parse_url(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_url(std::string("https://example.com/\0", 21)).has_value());
  EXPECT_FALSE(parse_url("https://" + std::string(64, 'a') + ".com/").has_value());
}

TEST(Url, KnowsOnlyTwoSchemes) {
  for (const std::string text : {"ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)",
                                 "", "wss://example.com/", " https://example.com/"}) {
    EXPECT_EQ(parse_url(text).error().code(), Code::scheme_refused) << text;
  }
}

TEST(Url, RefusesALongUrl) {
  const std::string start = "https://example.com/";
  EXPECT_TRUE(parse_url(start + std::string(2048 - start.size(), 'a')).has_value());
  EXPECT_FALSE(parse_url(start + std::string(2049 - start.size(), 'a')).has_value());
}

TEST(Url, AcceptsTheWrittenFormOfAnInternationalName) {
  EXPECT_EQ(parse_url("https://xn--bcher-kva.example/").value().host, "xn--bcher-kva.example");
}

TEST(Url, ResolvesReferencesAsRfc3986Says) {
  const Url base = parse_url("https://a.com/b/c/d;p?q").value();
  const std::pair<std::string, std::string> cases[] = {
      // RFC 3986 section 5.4.
      {"g", "https://a.com/b/c/g"},
      {"./g", "https://a.com/b/c/g"},
      {"g/", "https://a.com/b/c/g/"},
      {"/g", "https://a.com/g"},
      {"//g", "https://g/"},
      {"?y", "https://a.com/b/c/d;p?y"},
      {"g?y", "https://a.com/b/c/g?y"},
      {"#s", "https://a.com/b/c/d;p?q"},
      {"g#s", "https://a.com/b/c/g"},
      {";x", "https://a.com/b/c/;x"},
      {"", "https://a.com/b/c/d;p?q"},
      {".", "https://a.com/b/c/"},
      {"./", "https://a.com/b/c/"},
      {"..", "https://a.com/b/"},
      {"../", "https://a.com/b/"},
      {"../g", "https://a.com/b/g"},
      {"../..", "https://a.com/"},
      {"../../g", "https://a.com/g"},
      {"../../../g", "https://a.com/g"},
      {"/./g", "https://a.com/g"},
      {"/../g", "https://a.com/g"},
      {"g.", "https://a.com/b/c/g."},
      {"..g", "https://a.com/b/c/..g"},
      {"./../g", "https://a.com/b/g"},
      {"./g/.", "https://a.com/b/c/g/"},
      {"g/../h", "https://a.com/b/c/h"},
      {"http://other.com/x", "http://other.com/x"},
      {"HTTPS://other.com", "https://other.com/"},
  };
  for (const auto& [reference, expected] : cases) {
    const auto url = resolve_url(base, reference);
    ASSERT_TRUE(url.has_value()) << reference;
    EXPECT_EQ(to_text(*url), expected) << reference;
  }
}

TEST(Url, RefusesReferencesToOtherSchemesAndHosts) {
  const Url base = parse_url("https://a.com/b").value();
  for (const std::string reference :
       {"file:/x", "javascript:alert(1)", "ftp://a.com/", "//u@b.com/", "/\\evil.com",
        "\\\\evil.com", "/a b", "http:x", "https:/x"}) {
    EXPECT_FALSE(resolve_url(base, reference).has_value()) << reference;
  }
}

TEST(Url, ChecksEntriesOfAnAllowList) {
  for (const std::string entry : {"example.com", "example.com:8443", "127.0.0.1:1", "[::1]:8443"}) {
    EXPECT_TRUE(check_allowed_host(entry).has_value()) << entry;
  }
  for (const std::string entry :
       {"", "*", "*.example.com", "Example.com", "example.com:443", "example.com/",
        "https://example.com", "user@example.com", "::1"}) {
    EXPECT_FALSE(check_allowed_host(entry).has_value()) << entry;
  }
}

}  // namespace
}  // namespace nsl::enclave::outcall
