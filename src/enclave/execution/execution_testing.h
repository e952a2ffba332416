// What the tests of host calls and of the engine share: a deployed function with a secret, a wallet
// and a grant, a chain and a web that answer what the test says.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "enclave/execution/host_calls.h"
#include "enclave/functions/function_service.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/outcall/url.h"
#include "enclave/runs/run_book.h"
#include "enclave/secrets/secret_service.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/fake_proofs.h"
#include "enclave/testing/service_test.h"
#include "enclave/wallets/wallet_service.h"

namespace nsl::enclave::execution::testing {

inline constexpr const char* kContract = "0x1234567890123456789012345678901234567890";
inline constexpr const char* kSecretValue = "sesame-open-now";

// A call of wallet.invoke within the grant.
inline std::string invoke_arguments(int number) {
  return R"({"wallet":"hot","contract":")" + std::string(kContract) +
         R"(","method":"fulfil","args":[)" + std::to_string(number) + "]}";
}

// Answers every allowed request and remembers it. Hosts are compared as the real client does.
class FakeHttp final : public outcall::HttpExchanger {
 public:
  Result<outcall::HttpReply> exchange(const outcall::HttpRequest& request,
                                      const outcall::EgressPolicy& policy,
                                      const Deadline& /*deadline*/) override {
    NSL_TRY(const outcall::Url url, outcall::parse_url(request.url));
    const auto& allowed = policy.allowed_hosts;
    if (std::find(allowed.begin(), allowed.end(), outcall::authority_of(url)) == allowed.end()) {
      return fail(Code::host_not_allowed);
    }
    requests.push_back(request);
    reply.final_url = request.url;
    return reply;
  }

  outcall::HttpReply reply{.status = 200,
                           .headers = {},
                           .body = "hello",
                           .final_url = {},
                           .certificate_hash = Bytes(32, 7)};
  std::vector<outcall::HttpRequest> requests;
};

class ExecutionTest : public enclave::testing::ServiceTest {
 protected:
  ExecutionTest() {
    nsl::v1::PutSecretRequest secret;
    secret.set_name("api-key");
    secret.set_value(kSecretValue);
    secret.add_allowed_functions("answer");
    EXPECT_TRUE(secret_service_.put(alice(), secret).has_value());
    nsl::v1::CreateWalletRequest create;
    create.set_name("hot");
    wallet_ = wallet_service_.create(alice(), create).value();
    put_grant(true);
    nsl::v1::PutFunctionRequest function;
    function.set_name("answer");
    function.set_runtime(nsl::v1::PutFunctionRequest::javascript);
    function.set_source("export function main() {}");
    function.add_secrets("api-key");
    function.add_egress("api.example.com");
    function.add_egress("other.example.com:8443");
    function_ = function_service_.put(alice(), function).value();
  }

  void put_grant(bool sign) {
    nsl::v1::PutGrantRequest grant;
    grant.set_wallet("hot");
    grant.set_function("answer");
    auto* contract = grant.add_contracts();
    contract->set_contract(kContract);
    contract->add_methods("fulfil");
    grant.set_max_system_fee("0.05");
    grant.set_max_network_fee("0.05");
    grant.set_sign(sign);
    EXPECT_TRUE(wallet_service_.put_grant(alice(), grant).has_value());
  }
  nsl::v1::PutFunctionRequest content() {
    return functions::FunctionBook(*vault_)
        .get_version("acc_alice", function_.id(), function_.version(), deadline_)
        ->content();
  }
  HostCalls::Parts parts() {
    return {.vault = *vault_,
            .secrets = secret_reader_,
            .wallets = wallet_book_,
            .http = http_,
            .chain = chain_,
            .chain_access = chain_access_,
            .balances = balances_,
            .effects = effects_,
            .clock = clock_,
            .random = random_};
  }

  enclave::testing::FakeChain chain_;
  enclave::testing::FakeProofs proofs_;
  chain_access::ChainAccess chain_access_{chain_, proofs_};
  FakeHttp http_;
  secrets::SecretService secret_service_{*vault_};
  secrets::SecretReader secret_reader_{*vault_};
  wallets::WalletBook wallet_book_{*vault_, keys_};
  wallets::WalletService wallet_service_{*vault_, wallet_book_};
  runs::RunBook runs_{*vault_};
  functions::testing::FakeChecker checker_;
  functions::FunctionService function_service_{*vault_, runs_, checker_};
  transactions::Submitter submitter_{{.vault = *vault_,
                                      .wallets = wallet_book_,
                                      .chain = chain_,
                                      .clock = clock_,
                                      .random = random_}};
  transactions::TokenReader tokens_{chain_};
  chain_access::TokenBalanceReader balances_{chain_access_, tokens_};
  transactions::Effects effects_{
      {.wallets = wallet_book_, .tokens = tokens_, .submitter = submitter_}};
  nsl::v1::Wallet wallet_;
  nsl::v1::Function function_;
};

}  // namespace nsl::enclave::execution::testing
