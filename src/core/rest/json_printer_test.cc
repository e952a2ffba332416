#include "core/rest/json_printer.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/rest/json_reader.h"
#include "nsl/v1/function.pb.h"
#include "nsl/v1/run.pb.h"
#include "nsl/v1/wallet.pb.h"

namespace nsl::rest {
namespace {

TEST(JsonPrinter, PrintsDeclaredNamesDefaultsAndNumbersAsTheApiSays) {
  v1::RunStats stats;
  stats.set_memory_peak_bytes(5);
  EXPECT_EQ(print_json(stats).value(),
            R"({"wall_ms":0,"cpu_ms":0,"memory_peak_bytes":"5","host_calls":0,"http_calls":0,)"
            R"("wall_us":0,"cpu_us":0})");
  v1::Wallet wallet;
  wallet.set_public_key("\xfb\xff");
  wallet.set_name("<a>");
  EXPECT_EQ(print_json(wallet).value(),
            R"({"id":"","name":"\u003ca\u003e","address":"","public_key":"+/8=",)"
            R"("script_hash":"","created_at":"","etag":"","threshold":0,"public_keys":[],)"
            R"("verification_script":"","exportable":false,"imported":false})");
  v1::Run run;
  run.set_status(v1::Run::TIMED_OUT);
  EXPECT_NE(print_json(run).value().find(R"("status":"TIMED_OUT")"), std::string::npos);
}

// What is printed reads back as the same message.
TEST(JsonPrinter, RoundTripsThroughTheReader) {
  SeededRandom random(7);
  for (int round = 0; round < 200; ++round) {
    const auto bytes = random.bytes<16>();
    v1::Function message;
    message.set_name("name \"\\\n\xc3\xa9" + std::to_string(bytes[0]));
    message.set_runtime(static_cast<v1::PutFunctionRequest::Runtime>(bytes[1] % 4));
    message.set_version(static_cast<std::uint32_t>(bytes[2]) << 24U);
    if (bytes[3] % 2 == 0) message.mutable_limits()->set_wall_ms(bytes[4]);
    for (int i = 0; i < bytes[5] % 4; ++i) message.add_egress(std::string(1, char('a' + i)));
    (*message.mutable_environment())["k" + std::to_string(bytes[6])] = "v";
    v1::Function back;
    ASSERT_TRUE(read_json(print_json(message).value(), FieldNames::declared, back).has_value());
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(message, back));
    v1::Signature signature;
    signature.set_signature(std::string(bytes.begin(), bytes.end()));
    v1::Signature signature_back;
    ASSERT_TRUE(
        read_json(print_json(signature).value(), FieldNames::declared, signature_back).has_value());
    EXPECT_EQ(signature.signature(), signature_back.signature());
  }
}

}  // namespace
}  // namespace nsl::rest
