#include "core/crypto/pem.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace nsl::crypto {
namespace {

TEST(Pem, RoundTripsWithLinesOf64Characters) {
  SeededRandom random(51);
  for (const std::size_t size : {1U, 47U, 48U, 49U, 500U}) {
    Bytes der(size);
    random.fill(der);
    const std::string text = encode_certificate_pem(der);
    EXPECT_EQ(decode_certificate_pem(text).value(), der);
  }
  EXPECT_EQ(encode_certificate_pem(Bytes(49)),
            "-----BEGIN CERTIFICATE-----\n"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
            "AA==\n"
            "-----END CERTIFICATE-----\n");
}

TEST(Pem, ToleratesWindowsLineEndsAndEmptyLinesAround) {
  EXPECT_TRUE(decode_certificate_pem("\r\n-----BEGIN CERTIFICATE-----\r\nAAAA\r\n"
                                     "-----END CERTIFICATE-----\r\n\r\n")
                  .has_value());
}

TEST(Pem, RefusesAnythingElse) {
  const std::string good = encode_certificate_pem(Bytes(10));
  for (const std::string& text :
       {std::string(), std::string("\n"), good + good, "x\n" + good, good + "x",
        std::string("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n"),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n\nAAAA\n-----END CERTIFICATE-----\n"),
        std::string("-----BEGIN CERTIFICATE-----\nAA*A\n-----END CERTIFICATE-----\n"),
        std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")}) {
    EXPECT_EQ(decode_certificate_pem(text).error().code(), Code::invalid_certificate) << text;
  }
}

}  // namespace
}  // namespace nsl::crypto
