#include "enclave/router/operation.h"

#include <gtest/gtest.h>

#include "nsl/v1/wallet.service.h"

namespace nsl::enclave::router {
namespace {

const google::protobuf::MethodDescriptor& method_of(const char* name) {
  const auto* service = nsl::v1::Wallet::descriptor()->file()->FindServiceByName("WalletService");
  return *service->FindMethodByName(name);
}

// Only the descriptor matters here.
class NoService final : public wire::Service<Call> {
 public:
  const google::protobuf::ServiceDescriptor& descriptor() const override {
    return *method_of("Get").service();
  }
  Result<wire::MessagePointer> dispatch(int, const Call&,
                                        const google::protobuf::Message&) override {
    return fail(Code::internal);
  }
};

TEST(Operation, ReadsItsOptionsFromTheDescriptor) {
  NoService service;
  const Operation operation = make_operation(service, method_of("PutGrant"));
  EXPECT_EQ(operation.full_name, "nsl.v1.WalletService/PutGrant");
  EXPECT_EQ(operation.options.scope(), "wallets:write");
  EXPECT_EQ(operation.options.seal(), nsl::v1::Operation::REQUIRED);
  EXPECT_FALSE(operation.is_internal);
}

TEST(Operation, NamesTheResourceByTheRoute) {
  NoService service;
  const Operation operation = make_operation(service, method_of("PutGrant"));
  nsl::v1::PutGrantRequest request;
  request.set_wallet("hot");
  request.set_function("answer");
  EXPECT_EQ(resource_of(operation, request), "hot/answer");
}

TEST(Operation, FindsTheReplysEntityTag) {
  nsl::v1::Wallet wallet;
  wallet.set_etag("\"v2\"");
  EXPECT_EQ(etag_of(wallet), "\"v2\"");
  EXPECT_EQ(etag_of(nsl::v1::Signature()), "");
}

}  // namespace
}  // namespace nsl::enclave::router
