// Whole command lines against a pretended service.
#include "client/cli/app.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "client/api/testing/fake_service.h"
#include "client/cli/files.h"
#include "core/codec/hex.h"
#include "core/crypto/pem.h"
#include "core/neo/address.h"
#include "core/neo/message_signing.h"
#include "core/receipt/receipt.h"
#include "nsl/v1/account.pb.h"
#include "nsl/v1/function.pb.h"
#include "nsl/v1/run.pb.h"
#include "nsl/v1/secret.pb.h"
#include "nsl/v1/trigger.pb.h"
#include "nsl/v1/wallet.pb.h"

namespace nsl::client::cli {
namespace {

namespace fs = std::filesystem;
using api::FakeService;

class Typist final : public Terminal {
 public:
  Result<std::string> read_input(std::size_t) override { return input; }
  Result<std::optional<std::string>> read_line(std::size_t) override {
    if (input.empty()) return std::nullopt;
    const std::size_t end = input.find('\n');
    std::string line = input.substr(0, end);
    input.erase(0, end == std::string::npos ? end : end + 1);
    return line;
  }
  Result<std::string> ask_hidden(std::string_view) override {
    if (typed.empty()) return fail(Code::cli_usage, "There is no terminal");
    return typed;
  }
  bool answers_are_seen() const override { return is_screen; }

  std::string input;
  std::string typed;
  bool is_screen = false;
};

class Nsl : public testing::Test {
 protected:
  Nsl() {
    std::string pattern = testing::TempDir() + "nsl-app-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    file(".nsl/dev.json", R"({"url":"http://127.0.0.1:1","development_root_fingerprint":")" +
                              codec::encode_hex(*service_.trust().development_root) + "\"}");
    variables_["XDG_CONFIG_HOME"] = (folder_ / "config").string();
  }
  ~Nsl() override { fs::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }
  ExitCode nsl(const std::vector<std::string>& words) {
    answers_.str("");
    talk_.str("");
    Printer printer(answers_, talk_);
    Context context{
        printer,  typist_,
        service_, clock_,
        random_,  Place{[this](const std::string& name) { return variables_[name]; }, folder_}};
    return run(context, words);
  }
  // Answers an operation and keeps the request.
  template <class Request>
  Request& on(const std::string& operation, const google::protobuf::Message& reply) {
    auto request = std::make_shared<Request>();
    service_.on(operation,
                [request, bytes = reply.SerializeAsString()](const FakeService::Call& call) {
                  EXPECT_TRUE(request->ParseFromString(call.message));
                  return bytes;
                });
    kept_.push_back(request);
    return *request;
  }
  void sign_in() {
    v1::Session session;
    session.set_access_token("the-token");
    session.mutable_account()->set_id("acc_01JD7Y3K5QJ8M2N4P6R8T0V2X4");
    session.mutable_account()->set_address("Naddress");
    on<v1::CreateSessionRequest>("nsl.v1.AccountService/CreateSession", session);
    ASSERT_EQ(nsl({"login", "--api-key-file", file("key", "nsl_live_1_2\n")}), ExitCode::success)
        << talk_.str();
  }

  fs::path folder_;
  std::map<std::string, std::string> variables_;
  SeededRandom random_{31};
  ManualClock clock_{WallTime(1'795'000'000'000)};
  FakeService service_{random_, clock_};
  Typist typist_;
  std::ostringstream answers_;
  std::ostringstream talk_;
  std::vector<std::shared_ptr<google::protobuf::Message>> kept_;
};

TEST_F(Nsl, SignsInWithANeoKeyBySigningTheChallenge) {
  const neo::PrivateKey key = neo::PrivateKey::generate(random_);
  const std::string address = neo::to_address(key.public_key());
  v1::NeoChallenge challenge;
  challenge.set_message("Sign in as " + address + " nonce 7");
  challenge.set_challenge_id("challenge");
  on<v1::CreateNeoChallengeRequest>("nsl.v1.AccountService/CreateNeoChallenge", challenge);
  v1::Session session;
  session.set_access_token("t");
  auto& request = on<v1::CreateSessionRequest>("nsl.v1.AccountService/CreateSession", session);
  ASSERT_EQ(nsl({"login", "--neo-key-file",
                 file("key.wif", to_string(neo::to_wif(key).reveal()) + "\n")}),
            ExitCode::success)
      << talk_.str();
  const auto& proof = request.neo();
  EXPECT_EQ(proof.challenge_id(), "challenge");
  const neo::SignedMessage message{neo::MessageLayout::classic, proof.salt(), challenge.message()};
  EXPECT_TRUE(neo::verify_signed_message(message, key.public_key(), as_bytes(proof.signature()),
                                         neo::account_of(key.public_key()))
                  .has_value());
  EXPECT_TRUE(service_.calls().back().is_sealed);
}

TEST_F(Nsl, RefusesToSignAChallengeForAnotherAddress) {
  const neo::PrivateKey key = neo::PrivateKey::generate(random_);
  v1::NeoChallenge challenge;
  challenge.set_message("Sign in as NSomebodyElse");
  on<v1::CreateNeoChallengeRequest>("nsl.v1.AccountService/CreateNeoChallenge", challenge);
  EXPECT_EQ(nsl({"login", "--neo-key-file", file("key.wif", to_string(neo::to_wif(key).reveal()))}),
            ExitCode::failed);
  EXPECT_NE(talk_.str().find("NSL-AUTH-0005"), std::string::npos) << talk_.str();
  EXPECT_EQ(service_.calls().size(), 1U);
}

TEST_F(Nsl, SendsTheStoredTokenAndForgetsItOnLogout) {
  sign_in();
  on<v1::ListSecretsRequest>("nsl.v1.SecretService/List", v1::SecretList());
  EXPECT_EQ(nsl({"secret", "list"}), ExitCode::success);
  EXPECT_EQ(service_.calls().back().credential, "the-token");
  EXPECT_EQ(nsl({"logout", "--json"}), ExitCode::success);
  EXPECT_EQ(answers_.str(), "{\"url\":\"http://127.0.0.1:1\",\"signed_out\":true}\n");
  EXPECT_EQ(nsl({"secret", "list"}), ExitCode::not_signed_in);
  EXPECT_NE(talk_.str().find("NSL-CLI-0002"), std::string::npos) << talk_.str();
  EXPECT_NE(talk_.str().find("try: nsl login"), std::string::npos);
}

TEST_F(Nsl, StoresASecretFromAFileStdinOrPromptNeverFromAFlag) {
  sign_in();
  v1::Secret reply;
  reply.set_name("api-key");
  auto& request = on<v1::PutSecretRequest>("nsl.v1.SecretService/Put", reply);
  ASSERT_EQ(nsl({"secret", "set", "api-key", "--value-file", file("value", "from file\n"),
                 "--allow-function", "answer"}),
            ExitCode::success)
      << talk_.str();
  EXPECT_EQ(request.name(), "api-key");
  EXPECT_EQ(request.value(), "from file\n");
  EXPECT_EQ(request.allowed_functions(0), "answer");
  typist_.input = "from stdin";
  ASSERT_EQ(nsl({"secret", "set", "api-key", "--value-file", "-"}), ExitCode::success);
  EXPECT_EQ(request.value(), "from stdin");
  typist_.typed = "typed";
  ASSERT_EQ(nsl({"secret", "set", "api-key"}), ExitCode::success);
  EXPECT_EQ(request.value(), "typed");
  typist_.typed.clear();
  EXPECT_EQ(nsl({"secret", "set", "api-key"}), ExitCode::wrong_use);
}

TEST_F(Nsl, ShowsAListAsATableAndAsJson) {
  sign_in();
  v1::SecretList list;
  list.add_items()->set_name("api-key");
  on<v1::ListSecretsRequest>("nsl.v1.SecretService/List", list);
  EXPECT_EQ(nsl({"secret", "list"}), ExitCode::success);
  EXPECT_EQ(answers_.str(), "NAME     VERSION  ALLOWED_FUNCTIONS  UPDATED_AT\napi-key\n");
  EXPECT_EQ(nsl({"--json", "secret", "list"}), ExitCode::success);
  EXPECT_TRUE(answers_.str().starts_with("{\"items\":[{\"id\":\"\",\"name\":\"api-key\""));
}

TEST_F(Nsl, DeploysAFunctionAndKnowsItsLanguageByName) {
  sign_in();
  auto& request = on<v1::PutFunctionRequest>("nsl.v1.FunctionService/Put", v1::Function());
  ASSERT_EQ(nsl({"function", "deploy", "answer", "--file", file("answer.js", "code"), "--secret",
                 "api-key", "--egress", "a.example", "--egress", "b.example", "--env", "K=a=b",
                 "--wall-ms", "500"}),
            ExitCode::success)
      << talk_.str();
  EXPECT_EQ(request.source(), "code");
  EXPECT_EQ(request.runtime(), v1::PutFunctionRequest::javascript);
  EXPECT_EQ(request.secrets_size(), 1);
  EXPECT_EQ(request.egress_size(), 2);
  EXPECT_EQ(request.environment().at("K"), "a=b");
  EXPECT_EQ(request.limits().wall_ms(), 500U);
  EXPECT_EQ(nsl({"function", "deploy", "answer", "--file", file("answer", "code")}),
            ExitCode::wrong_use);
  EXPECT_EQ(
      nsl({"function", "deploy", "answer", "--file", file("a.js", "code"), "--wall-ms", "-1"}),
      ExitCode::wrong_use);
  ASSERT_EQ(nsl({"function", "deploy", "answer", "--file", file("a.js", "code")}),
            ExitCode::success);
  EXPECT_FALSE(request.has_limits());
}

TEST_F(Nsl, RunsAFunctionAndExitsByItsResult) {
  sign_in();
  v1::Run done;
  done.set_id("run_1");
  done.set_status(v1::Run::SUCCEEDED);
  done.set_output("{\"b\": 1,  \"a\":2}");
  auto& request = on<v1::CreateRunRequest>("nsl.v1.FunctionService/CreateRun", done);
  EXPECT_EQ(nsl({"function", "run", "answer", "--input", "{\"q\":1}"}), ExitCode::success);
  EXPECT_EQ(answers_.str(), "{\"b\": 1,  \"a\":2}\n");
  EXPECT_EQ(request.input(), "{\"q\":1}");
  EXPECT_TRUE(request.wait());
  EXPECT_EQ(nsl({"function", "run", "answer", "--input-file", file("in", "[1]")}),
            ExitCode::success);
  EXPECT_EQ(request.input(), "[1]");
  v1::Run failed;
  failed.set_status(v1::Run::FAILED);
  failed.mutable_error()->set_message("x is not defined");
  failed.mutable_error()->set_line(3);
  on<v1::CreateRunRequest>("nsl.v1.FunctionService/CreateRun", failed);
  EXPECT_EQ(nsl({"function", "run", "answer"}), ExitCode::failed);
  EXPECT_NE(talk_.str().find("x is not defined (line 3)"), std::string::npos);
}

TEST_F(Nsl, GrantsAWalletWithinBounds) {
  sign_in();
  auto& request = on<v1::PutGrantRequest>("nsl.v1.WalletService/PutGrant", v1::Grant());
  ASSERT_EQ(
      nsl({"wallet", "grant", "main", "--function", "answer", "--contract", "0xaa", "--method",
           "fulfil", "--method", "cancel", "--max-system-fee", "0.5", "--max-network-fee", "0.1"}),
      ExitCode::success)
      << talk_.str();
  EXPECT_EQ(request.wallet(), "main");
  ASSERT_EQ(request.contracts_size(), 1);
  EXPECT_EQ(request.contracts(0).contract(), "0xaa");
  EXPECT_EQ(request.contracts(0).methods_size(), 2);
  EXPECT_EQ(request.max_system_fee(), "0.5");
  ASSERT_EQ(nsl({"wallet", "grant", "main", "--function", "f", "--contract", "0xaa:a,b",
                 "--contract", "0xbb:c"}),
            ExitCode::success);
  ASSERT_EQ(request.contracts_size(), 2);
  EXPECT_EQ(request.contracts(0).methods(1), "b");
  EXPECT_EQ(request.contracts(1).contract(), "0xbb");
  EXPECT_EQ(nsl({"wallet", "grant", "main", "--function", "f", "--contract", "0xaa", "--contract",
                 "0xbb", "--method", "m"}),
            ExitCode::wrong_use);
}

TEST_F(Nsl, SignsTextOrTheBytesOfAFile) {
  sign_in();
  auto& request = on<v1::SignRequest>("nsl.v1.WalletService/Sign", v1::Signature());
  ASSERT_EQ(nsl({"wallet", "sign", "main", "--text", "hello", "--encoding", "neo_message"}),
            ExitCode::success);
  EXPECT_EQ(request.data(), "hello");
  EXPECT_EQ(request.encoding(), v1::SignRequest::neo_message);
  ASSERT_EQ(nsl({"wallet", "sign", "main", "--data-file", file("d", "bytes")}), ExitCode::success);
  EXPECT_EQ(request.data(), "bytes");
  EXPECT_EQ(nsl({"wallet", "sign", "main"}), ExitCode::wrong_use);
}

TEST_F(Nsl, BindsATriggerToAContractEvent) {
  sign_in();
  auto& request = on<v1::PutTriggerRequest>("nsl.v1.TriggerService/Put", v1::Trigger());
  ASSERT_EQ(nsl({"trigger", "set", "on-request", "--function", "answer", "--contract", "0xaa",
                 "--event", "Requested"}),
            ExitCode::success);
  EXPECT_EQ(request.source().contract_event().contract(), "0xaa");
  EXPECT_EQ(request.source().contract_event().event(), "Requested");
}

TEST_F(Nsl, ShowsTheLogOfAFunctionsNewestRun) {
  sign_in();
  v1::RunList runs;
  runs.add_items()->set_id("run_9");
  auto& list = on<v1::ListRunsRequest>("nsl.v1.RunService/List", runs);
  v1::RunLogs logs;
  logs.add_lines()->set_text("hello");
  logs.mutable_lines(0)->set_level("info");
  auto& request = on<v1::GetRunLogsRequest>("nsl.v1.RunService/GetLogs", logs);
  EXPECT_EQ(nsl({"function", "logs", "answer"}), ExitCode::success);
  EXPECT_EQ(list.function(), "answer");
  EXPECT_EQ(request.run(), "run_9");
  EXPECT_EQ(answers_.str(), "info  hello\n");
}

TEST_F(Nsl, ARefusalHasItsExitCodeAndRequestId) {
  sign_in();
  const auto refuse_with = [this](Code code) {
    service_.on("nsl.v1.SecretService/Get",
                [code](const FakeService::Call&) -> std::expected<std::string, v1::Problem> {
                  return std::unexpected(api::problem_of(code));
                });
    return nsl({"secret", "show", "x"});
  };
  EXPECT_EQ(refuse_with(Code::secret_not_found), ExitCode::refused);
  EXPECT_NE(talk_.str().find("request req_from_the_service"), std::string::npos);
  EXPECT_NE(talk_.str().find("try: nsl secret list"), std::string::npos);
  EXPECT_EQ(refuse_with(Code::token_expired), ExitCode::not_signed_in);
  EXPECT_EQ(refuse_with(Code::unavailable), ExitCode::unreachable);
  // A service cannot make a refusal look like a failed verification.
  EXPECT_EQ(refuse_with(Code::attestation_untrusted), ExitCode::refused);
}

TEST_F(Nsl, AnEnclaveOfAnotherRootFailsVerification) {
  sign_in();
  file(".nsl/dev.json", R"({"url":"http://127.0.0.1:1","development_root_fingerprint":")" +
                            std::string(64, 'a') + "\"}");
  EXPECT_EQ(nsl({"attest"}), ExitCode::verification_failed);
  EXPECT_EQ(nsl({"login", "--api-key-file", file("key", "k")}), ExitCode::verification_failed);
}

TEST_F(Nsl, AttestsAndKeepsTheDocument) {
  const std::string out = (folder_ / "attestation.cose").string();
  ASSERT_EQ(nsl({"attest", "--nonce", "0102", "--out", out, "--json"}), ExitCode::success);
  EXPECT_NE(answers_.str().find("\"mode\":\"dev\""), std::string::npos);
  EXPECT_NE(answers_.str().find("\"nonce\":\"0102\""), std::string::npos);
  const std::string root =
      file("root.pem", crypto::encode_certificate_pem(service_.module().root_der()));
  EXPECT_EQ(nsl({"verify", "--development-root", root, out}), ExitCode::success);
  EXPECT_EQ(nsl({"verify", out}), ExitCode::verification_failed);
}

TEST_F(Nsl, VerifiesAReceiptOfflineAndNamesTheReasonWhenItIsChanged) {
  receipt::Receipt receipt;
  receipt.run = "run_1";
  receipt.function = "answer";
  receipt.mode = "dev";
  receipt.attestation = service_.module().document(service_.keys().binding, clock_.wall_time());
  receipt.binding = service_.binding();
  const Bytes bytes = receipt::sign(receipt, service_.keys().receipt);
  const std::string root =
      file("root.pem", crypto::encode_certificate_pem(service_.module().root_der()));
  const std::string good = file("receipt.cose", to_string(bytes));
  fs::remove_all(folder_ / ".nsl");
  EXPECT_EQ(nsl({"verify", "--development-root", root, good}), ExitCode::success) << answers_.str();
  Bytes changed = bytes;
  changed[bytes.size() / 2] ^= 1U;
  const std::string bad = file("bad.cose", to_string(changed));
  EXPECT_EQ(nsl({"verify", "--json", "--development-root", root, good, bad}),
            ExitCode::verification_failed);
  EXPECT_NE(answers_.str().find("\"valid\":false,\"code\":\"NSL-"), std::string::npos);
  EXPECT_EQ(nsl({"verify", good}), ExitCode::verification_failed);
  EXPECT_EQ(nsl({"verify", (folder_ / "absent").string()}), ExitCode::wrong_use);
}

TEST_F(Nsl, AReceiptNeverGoesToAScreen) {
  sign_in();
  v1::RunReceipt reply;
  reply.set_receipt(std::string("\x84\0\xff", 3));
  on<v1::GetRunReceiptRequest>("nsl.v1.RunService/GetReceipt", reply);
  EXPECT_EQ(nsl({"run", "receipt", "run_1"}), ExitCode::success);
  EXPECT_EQ(answers_.str(), reply.receipt());
  typist_.is_screen = true;
  EXPECT_EQ(nsl({"run", "receipt", "run_1"}), ExitCode::wrong_use);
  const std::string out = (folder_ / "r.cose").string();
  EXPECT_EQ(nsl({"run", "receipt", "run_1", "--out", out}), ExitCode::success);
  EXPECT_EQ(read_file(out).value(), reply.receipt());
}

TEST_F(Nsl, WrongUseIsToldInTheFormAskedFor) {
  EXPECT_EQ(nsl({"secret", "bogus"}), ExitCode::wrong_use);
  EXPECT_EQ(answers_.str(), "");
  EXPECT_EQ(nsl({"secret", "bogus", "--json"}), ExitCode::wrong_use);
  EXPECT_TRUE(answers_.str().starts_with("{\"error\":{\"code\":\"NSL-CLI-0001\""));
}

TEST_F(Nsl, AnswersWithoutAnyService) {
  fs::remove_all(folder_ / ".nsl");
  EXPECT_EQ(nsl({"version", "--json"}), ExitCode::success);
  EXPECT_EQ(nsl({"completion", "bash"}), ExitCode::success);
  EXPECT_EQ(nsl({"--help"}), ExitCode::success);
  nsl({"doctor"});
  EXPECT_NE(answers_.str().find("locked memory"), std::string::npos);
  EXPECT_EQ(nsl({"secret", "list"}), ExitCode::wrong_use);
}

}  // namespace
}  // namespace nsl::client::cli
