#include "enclave/attest/nitro_security_module.h"

#include <gtest/gtest.h>

#include <map>

#include "core/codec/cbor.h"
#include "core/codec/hex.h"
#include "enclave/attest/nsm_protocol.h"

namespace nsl::enclave::attest {
namespace {

using codec::CborWriter;

// Answers each request with the reply prepared for it.
class FakeChannel final : public NsmChannel {
 public:
  Result<Bytes> exchange(ByteView request) override {
    const auto found = replies_.find(to_bytes(request));
    if (found == replies_.end()) return fail(Code::attestation_unavailable, "not prepared");
    return found->second;
  }
  void prepare(const Bytes& request, Bytes reply) { replies_[request] = std::move(reply); }

 private:
  std::map<Bytes, Bytes> replies_;
};

Bytes description_reply() {
  CborWriter out;
  out.begin_map(1).write_text("DescribeNSM").begin_map(7);
  out.write_text("version_major").write_unsigned(1);
  out.write_text("version_minor").write_unsigned(0);
  out.write_text("version_patch").write_unsigned(0);
  out.write_text("module_id").write_text("i-123-enc456");
  out.write_text("max_pcrs").write_unsigned(32);
  out.write_text("locked_pcrs").begin_array(2).write_unsigned(0).write_unsigned(17);
  out.write_text("digest").write_text("SHA384");
  return std::move(out).take();
}

Bytes register_reply(std::uint8_t fill) {
  CborWriter out;
  out.begin_map(1).write_text("DescribePCR").begin_map(2);
  out.write_text("lock").write_boolean(true);
  out.write_text("data").write_bytes(Bytes(48, fill));
  return std::move(out).take();
}

Bytes bytes_reply(std::string_view name, std::string_view field, ByteView bytes) {
  CborWriter out;
  out.begin_map(1).write_text(name).begin_map(1).write_text(field).write_bytes(bytes);
  return std::move(out).take();
}

Bytes error_reply(std::string_view word) {
  CborWriter out;
  out.begin_map(1).write_text("Error").write_text(word);
  return std::move(out).take();
}

class NitroSecurityModuleTest : public ::testing::Test {
 protected:
  FakeChannel* channel_ = new FakeChannel();
  NitroSecurityModule module_{std::unique_ptr<NsmChannel>(channel_)};
};

TEST(NsmProtocol, WritesRequestsAsTheModuleReadsThem) {
  EXPECT_EQ(codec::encode_hex(encode_describe_module()), "6b44657363726962654e534d");
  EXPECT_EQ(codec::encode_hex(encode_get_random()), "6947657452616e646f6d");
  EXPECT_EQ(codec::encode_hex(encode_describe_register(3)),
            "a16b4465736372696265504352a165696e64657803");
  EXPECT_EQ(codec::encode_hex(encode_attestation(
                {.user_data = Bytes{1}, .nonce = std::nullopt, .public_key = Bytes{}})),
            "a16b4174746573746174696f6ea3656e6f6e6365f669757365725f6461746141016a7075626c69635f6b65"
            "7940");
}

TEST_F(NitroSecurityModuleTest, DescribesPlatformAndLockedRegisters) {
  channel_->prepare(encode_describe_module(), description_reply());
  for (std::uint16_t index = 0; index < 20; ++index) {
    channel_->prepare(encode_describe_register(index),
                      register_reply(static_cast<std::uint8_t>(index)));
  }
  const auto description = module_.describe();
  ASSERT_TRUE(description.has_value());
  EXPECT_EQ(description->module_id, "i-123-enc456");
  EXPECT_EQ(description->registers.size(), 17U);
  EXPECT_EQ(description->registers.at(17)[0], 17);
  EXPECT_FALSE(description->registers.contains(16));
}

TEST_F(NitroSecurityModuleTest, ReturnsTheDocument) {
  const AttestationRequest request{
      .user_data = Bytes{1}, .nonce = Bytes{2}, .public_key = std::nullopt};
  channel_->prepare(encode_attestation(request),
                    bytes_reply("Attestation", "document", Bytes{7, 8}));
  EXPECT_EQ(module_.attest(request).value(), (Bytes{7, 8}));
}

TEST_F(NitroSecurityModuleTest, PassesOnTheModulesError) {
  channel_->prepare(encode_attestation({}), error_reply("InputTooLarge"));
  const auto refused = module_.attest({});
  EXPECT_EQ(refused.error().code(), Code::attestation_unavailable);
  EXPECT_EQ(refused.error().detail(), "InputTooLarge");
}

TEST_F(NitroSecurityModuleTest, RefusesAReplyToAnotherRequest) {
  channel_->prepare(encode_attestation({}), description_reply());
  EXPECT_FALSE(module_.attest({}).has_value());
  channel_->prepare(encode_describe_module(), register_reply(1));
  EXPECT_FALSE(module_.describe().has_value());
}

TEST_F(NitroSecurityModuleTest, GathersAsMuchEntropyAsAsked) {
  channel_->prepare(encode_get_random(), bytes_reply("GetRandom", "random", Bytes(256, 5)));
  Bytes bytes(600);
  ASSERT_TRUE(module_.fill_random(bytes).has_value());
  EXPECT_EQ(bytes, Bytes(600, 5));
  channel_->prepare(encode_get_random(), bytes_reply("GetRandom", "random", {}));
  EXPECT_EQ(module_.fill_random(bytes).error().code(), Code::entropy_unavailable);
  channel_->prepare(encode_get_random(), error_reply("InternalError"));
  EXPECT_EQ(module_.fill_random(bytes).error().code(), Code::entropy_unavailable);
}

TEST(NsmDevice, IsUnavailableWhereThereIsNone) {
  const auto opened = open_nsm_device("/nonexistent/nsm");
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), Code::attestation_unavailable);
}

}  // namespace
}  // namespace nsl::enclave::attest
