#include "enclave/secrets/secret_service.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/records/records.h"
#include "enclave/secrets/secret_reader.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::secrets {
namespace {

class SecretServiceTest : public testing::ServiceTest {
 protected:
  static nsl::v1::PutSecretRequest request(const std::string& value) {
    nsl::v1::PutSecretRequest result;
    result.set_name("api-key");
    result.set_value(value);
    result.add_allowed_functions("answer");
    return result;
  }
  static nsl::v1::PutFunctionRequest function(const char* name, const char* secret) {
    nsl::v1::PutFunctionRequest result;
    result.set_name(name);
    result.add_secrets(secret);
    return result;
  }
  static nsl::v1::GetSecretValueRequest value_request() {
    nsl::v1::GetSecretValueRequest result;
    result.set_name("api-key");
    return result;
  }
  static nsl::v1::GetSecretRequest get_request() {
    nsl::v1::GetSecretRequest result;
    result.set_name("api-key");
    return result;
  }
  static nsl::v1::DeleteSecretRequest delete_request() {
    nsl::v1::DeleteSecretRequest result;
    result.set_name("api-key");
    return result;
  }

  SecretService service_{*vault_};
  SecretReader reader_{*vault_};
};

TEST_F(SecretServiceTest, CountsVersionsAndKeepsTheNewestValue) {
  EXPECT_EQ(service_.put(alice(), request("one"))->version(), 1U);
  EXPECT_EQ(service_.put(alice(), request("two"))->version(), 2U);
  EXPECT_EQ(service_.get_value(alice(), value_request())->value(), "two");
}

TEST_F(SecretServiceTest, HidesOneAccountsSecretsFromAnother) {
  ASSERT_TRUE(service_.put(alice(), request("mine")).has_value());
  EXPECT_EQ(service_.get(bob(), get_request()).error().code(), Code::secret_not_found);
  EXPECT_EQ(service_.get_value(bob(), value_request()).error().code(), Code::secret_not_found);
  EXPECT_EQ(service_.remove(bob(), delete_request()).error().code(), Code::secret_not_found);
  EXPECT_EQ(service_.list(bob(), {})->items_size(), 0);
  EXPECT_EQ(service_.list(alice(), {})->items_size(), 1);
}

TEST_F(SecretServiceTest, ShowsTheHostNeitherNameNorValue) {
  ASSERT_TRUE(service_.put(alice(), request("sesame-open-now")).has_value());
  const std::string all = host_.everything();
  for (const char* text : {"sesame-open-now", "api-key", "acc_alice", "answer"}) {
    EXPECT_EQ(all.find(text), std::string::npos) << text;
  }
}

TEST_F(SecretServiceTest, ForgetsADeletedSecret) {
  ASSERT_TRUE(service_.put(alice(), request("gone")).has_value());
  ASSERT_TRUE(service_.remove(alice(), delete_request()).has_value());
  EXPECT_EQ(service_.get_value(alice(), value_request()).error().code(), Code::secret_not_found);
  EXPECT_TRUE(service_.put(alice(), request("again")).has_value());
}

TEST_F(SecretServiceTest, HonoursIfMatch) {
  const auto secret = service_.put(alice(), request("one")).value();
  auto stale = alice();
  stale.if_match = "\"v9\"";
  EXPECT_EQ(service_.put(stale, request("two")).error().code(), Code::precondition_failed);
  auto fresh = alice();
  fresh.if_match = secret.etag();
  EXPECT_TRUE(service_.put(fresh, request("two")).has_value());
}

TEST_F(SecretServiceTest, RefusesWhatIsNoSecret) {
  EXPECT_EQ(service_.put(alice(), request("")).error().code(), Code::invalid_argument);
  const std::string huge(static_cast<std::size_t>(limits::kSecretValueBytesMax) + 1, 'x');
  EXPECT_EQ(service_.put(alice(), request(huge)).error().code(), Code::secret_too_large);
  auto bad_name = request("x");
  bad_name.set_name("API KEY");
  EXPECT_EQ(service_.put(alice(), bad_name).error().code(), Code::invalid_argument);
  auto wordy = request("x");
  wordy.set_description(std::string(static_cast<std::size_t>(limits::kDescriptionBytesMax), 'x'));
  EXPECT_TRUE(service_.put(alice(), wordy).has_value());
  wordy.mutable_description()->append("x");
  EXPECT_EQ(service_.put(alice(), wordy).error().code(), Code::invalid_argument);
}

TEST_F(SecretServiceTest, OpensToAFunctionOnlyWhenBothDoorsAre) {
  ASSERT_TRUE(service_.put(alice(), request("value")).has_value());
  const auto read = reader_.read("acc_alice", function("answer", "api-key"), "api-key", deadline_);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(as_text(read->value.reveal()), "value");
  EXPECT_EQ(read->version, 1U);
  // The secret does not name the function.
  EXPECT_EQ(
      reader_.read("acc_alice", function("other", "api-key"), "api-key", deadline_).error().code(),
      Code::secret_not_allowed);
  // The function does not name the secret.
  EXPECT_EQ(
      reader_.read("acc_alice", function("answer", "else"), "api-key", deadline_).error().code(),
      Code::secret_not_allowed);
  // Another account's function of the same name.
  EXPECT_EQ(
      reader_.read("acc_bob", function("answer", "api-key"), "api-key", deadline_).error().code(),
      Code::secret_not_allowed);
}

TEST_F(SecretServiceTest, BoundsTheSecretsOfAnAccount) {
  fill(records::kind::kSecret, limits::kSecretsPerAccountMax - 1);
  EXPECT_TRUE(service_.put(alice(), request("last")).has_value());
  auto one_more = request("x");
  one_more.set_name("one-more");
  EXPECT_EQ(service_.put(alice(), one_more).error().code(), Code::limit_exceeded);
  EXPECT_TRUE(service_.put(alice(), request("changed")).has_value());
  EXPECT_TRUE(service_.put(bob(), one_more).has_value());
}

}  // namespace
}  // namespace nsl::enclave::secrets
