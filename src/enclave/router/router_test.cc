#include "enclave/router/router.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>

#include "core/codec/ulid.h"
#include "enclave/records/records.h"
#include "enclave/testing/service_test.h"
#include "nsl/internal/v1/work.service.h"
#include "nsl/v1/wallet.service.h"

namespace nsl::enclave::router {
namespace {

using internal::v1::Frame;

// Counts what reaches it. Names a test asks for say what goes wrong.
class CountingWallets final : public nsl::v1::WalletServiceInterface<Call> {
 public:
  Result<nsl::v1::Wallet> create(const Call& call,
                                 const nsl::v1::CreateWalletRequest& request) override {
    ++creations;
    last_account = call.account();
    last_id = codec::make_id("wal", call.now, call.random);
    if (request.name() == "taken") return fail(Code::already_exists, "/name: is taken");
    nsl::v1::Wallet wallet;
    wallet.set_id(last_id);
    wallet.set_name(request.name());
    wallet.set_etag("\"v1\"");
    if (request.name() == "huge") wallet.set_address(std::string(limits::kRecordBytesMax, 'x'));
    return wallet;
  }
  Result<nsl::v1::Wallet> create_multisig(const Call&,
                                          const nsl::v1::CreateMultisigWalletRequest&) override {
    return nsl::v1::Wallet();
  }
  Result<nsl::v1::Wallet> import_key(const Call&, const nsl::v1::ImportWalletRequest&) override {
    ++imports;
    return nsl::v1::Wallet();
  }
  Result<nsl::v1::WalletKey> export_key(const Call&, const nsl::v1::ExportWalletRequest&) override {
    return nsl::v1::WalletKey();
  }
  Result<nsl::v1::WalletList> list(const Call&, const nsl::v1::ListWalletsRequest&) override {
    return nsl::v1::WalletList();
  }
  Result<nsl::v1::Wallet> get(const Call&, const nsl::v1::GetWalletRequest&) override {
    return fail(Code::wallet_not_found);
  }
  Result<nsl::v1::Signature> sign(const Call&, const nsl::v1::SignRequest&) override {
    return nsl::v1::Signature();
  }
  Result<nsl::v1::Grant> put_grant(const Call&, const nsl::v1::PutGrantRequest&) override {
    return nsl::v1::Grant();
  }
  Result<nsl::v1::GrantList> list_grants(const Call&, const nsl::v1::ListGrantsRequest&) override {
    return nsl::v1::GrantList();
  }
  Result<nsl::v1::Empty> delete_grant(const Call&, const nsl::v1::DeleteGrantRequest&) override {
    return nsl::v1::Empty();
  }

  int creations = 0;
  int imports = 0;
  std::string last_account;
  std::string last_id;
};

class DoneWork final : public internal::v1::WorkServiceInterface<Call> {
 public:
  Result<internal::v1::ExecuteReply> execute(const Call&,
                                             const internal::v1::ExecuteRequest&) override {
    internal::v1::ExecuteReply reply;
    reply.set_is_done(true);
    return reply;
  }
  Result<internal::v1::ReportEventReply> report_event(
      const Call&, const internal::v1::ReportEventRequest&) override {
    return internal::v1::ReportEventReply();
  }
  Result<internal::v1::ListSubscriptionsReply> list_subscriptions(
      const Call&, const internal::v1::ListSubscriptionsRequest&) override {
    return internal::v1::ListSubscriptionsReply();
  }
};

// Passes everything on until told to fail, and counts commits.
class BreakableHost final : public wire::Transport {
 public:
  Result<std::string> call(std::string_view service, std::string_view method, std::string payload,
                           const Deadline& deadline) override {
    if (is_broken) return fail(Code::unavailable);
    if (method == "Commit") ++commits;
    return host_.call(service, method, std::move(payload), deadline);
  }
  std::atomic<bool> is_broken = false;
  int commits = 0;

 private:
  testing::MemoryHost host_;
};

constexpr const char* kWallets = "nsl.v1.WalletService";

class RouterTest : public testing::ServiceTest {
 protected:
  RouterTest() {
    router_vault_ = vault::Vault::open({.transport = router_host_,
                                        .keys = keys_,
                                        .unlocker = router_unlocker_,
                                        .random = router_random_,
                                        .clock = system_clock_},
                                       deadline_)
                        .value();
    audit_ = std::make_unique<audit::AuditLog>(*router_vault_, clock_);
    idempotency_ = std::make_unique<IdempotencyBook>(*router_vault_, clock_, random_);
    router_ = std::make_unique<Router>(std::vector<wire::Service<Call>*>{&wallets_, &work_},
                                       Router::Parts{.session = session_,
                                                     .identity = identity_,
                                                     .vault = *router_vault_,
                                                     .audit = *audit_,
                                                     .idempotency = *idempotency_,
                                                     .clock = clock_,
                                                     .random = random_});
    for (const char* account : {"acc_alice", "acc_bob"}) make_account(account, false);
  }

  void make_account(const std::string& id, bool plain_requests, std::uint64_t version = 0) {
    stored::AccountRecord record;
    record.mutable_account()->set_id(id);
    record.mutable_account()->set_plain_requests(plain_requests);
    vault::Batch batch;
    records::put_record(batch, {records::kind::kAccount, id, id}, record, version);
    ASSERT_TRUE(vault_->commit(std::move(batch), deadline_).has_value());
  }
  std::string token_of(const std::string& account, const std::vector<std::string>& scopes = {}) {
    stored::AccessTokenClaims claims;
    claims.set_account(account);
    for (const std::string& scope : scopes) claims.add_scopes(scope);
    WallTime expires_at;
    return tokens_.issue(std::move(claims), &expires_at);
  }
  static std::string create_request(const char* name) {
    nsl::v1::CreateWalletRequest request;
    request.set_name(name);
    return request.SerializeAsString();
  }

  Frame answer_to(const Frame& frame) {
    std::promise<Frame> answer;
    router_->serve(frame, serve_deadline_,
                   [&answer](Frame reply) { answer.set_value(std::move(reply)); });
    return answer.get_future().get();
  }
  Frame serve_plain(const char* operation, const std::string& credential, std::string payload) {
    Frame frame;
    frame.set_service_type(kWallets);
    frame.set_operation(operation);
    frame.set_credential(credential);
    frame.set_payload(std::move(payload));
    return answer_to(frame);
  }
  struct Sealed {
    std::string service = kWallets;
    std::string operation = "Create";
    std::string account = "acc_alice";
    std::string credential = {};
    std::string idempotency_key = {};
    std::string message = {};
  };
  struct SealedFrame {
    Frame frame;
    seal::ReplyOpener reply_opener;
  };
  SealedFrame seal_frame(const Sealed& request) {
    nsl::v1::SealedContent content;
    content.set_version(1);
    content.set_credential(request.credential);
    content.set_issued_at_ms(clock_.wall_time().value());
    content.set_idempotency_key(request.idempotency_key);
    content.set_message(request.message);
    auto sealed = seal::seal_request({sealing_key_.public_key(), binding_},
                                     {request.service + "/" + request.operation, request.account,
                                      codec::make_id("req", clock_.wall_time(), random_)},
                                     content, random_)
                      .value();
    Frame frame;
    frame.set_service_type(request.service);
    frame.set_operation(request.operation);
    frame.set_sealed(true);
    frame.set_payload(sealed.request);
    return {std::move(frame), std::move(sealed.reply_opener)};
  }
  // The opened reply. A frame error means that the seal itself was refused: the code stands in the
  // problem's detail then.
  nsl::v1::SealedReplyContent serve_sealed(const Sealed& request) {
    const SealedFrame sealed = seal_frame(request);
    const Frame reply = answer_to(sealed.frame);
    EXPECT_TRUE(reply.sealed()) << reply.error().code();
    return sealed.reply_opener.open(as_bytes(reply.payload())).value();
  }
  nsl::v1::SealedReplyContent create_wallet(const char* name, const char* idempotency_key = "") {
    return serve_sealed({.credential = token_of("acc_alice"),
                         .idempotency_key = idempotency_key,
                         .message = create_request(name)});
  }
  static std::string text(Code code) { return std::string(code_text(code)); }
  std::vector<audit::NumberedEntry> audit_entries() {
    return audit_->read(1, 100, deadline_).value();
  }

  Deadline serve_deadline_ = deadline_;
  crypto::P256PrivateKey sealing_key_ = crypto::P256PrivateKey::generate(random_);
  crypto::Digest32 binding_ = crypto::sha256(as_bytes("binding"));
  session::Session session_{sealing_key_.duplicate(), binding_, clock_};
  identity::TokenAuthority tokens_{Secret<32>(), clock_};
  identity::Identity identity_{tokens_, *vault_};
  CountingWallets wallets_;
  DoneWork work_;
  BreakableHost router_host_;
  // Of its own: while the host is broken the vault's thread goes on after its caller has given up.
  SeededRandom router_random_{12};
  testing::MemoryUnlocker router_unlocker_;
  std::unique_ptr<vault::Vault> router_vault_;
  std::unique_ptr<audit::AuditLog> audit_;
  std::unique_ptr<IdempotencyBook> idempotency_;
  std::unique_ptr<Router> router_;
};

TEST_F(RouterTest, ServesASealedRequestAsItsAccount) {
  const auto reply = create_wallet("hot");
  ASSERT_TRUE(reply.has_message()) << reply.problem().code();
  nsl::v1::Wallet wallet;
  ASSERT_TRUE(wallet.ParseFromString(reply.message()));
  EXPECT_EQ(wallet.name(), "hot");
  EXPECT_EQ(reply.etag(), "\"v1\"");
  EXPECT_EQ(wallets_.last_account, "acc_alice");
}

TEST_F(RouterTest, RefusesAnUnknownOperation) {
  EXPECT_EQ(serve_plain("Burn", token_of("acc_alice"), {}).error().code(),
            text(Code::unknown_operation));
}

TEST_F(RouterTest, RefusesAPlainRequestWhereTheSealIsRequired) {
  const Frame reply = serve_plain("Create", token_of("acc_alice"), create_request("hot"));
  EXPECT_EQ(reply.error().code(), text(Code::seal_required));
  EXPECT_EQ(wallets_.creations, 0);
}

TEST_F(RouterTest, ServesAPlainRequestOfAnAccountThatAllowsIt) {
  make_account("acc_alice", true, 1);
  const Frame reply = serve_plain("Create", token_of("acc_alice"), create_request("hot"));
  EXPECT_FALSE(reply.has_error()) << reply.error().code();
  EXPECT_EQ(reply.etag(), "\"v1\"");
}

TEST_F(RouterTest, NeverTakesAKeyInTheClear) {
  make_account("acc_alice", true, 1);
  for (const char* operation : {"ImportKey", "ExportKey"}) {
    EXPECT_EQ(serve_plain(operation, token_of("acc_alice"), {}).error().code(),
              text(Code::seal_required));
  }
  EXPECT_EQ(wallets_.imports, 0);
  const auto sealed =
      serve_sealed({.operation = "ImportKey", .credential = token_of("acc_alice"), .message = {}});
  EXPECT_TRUE(sealed.has_message()) << sealed.problem().code();
  EXPECT_EQ(wallets_.imports, 1);
}

TEST_F(RouterTest, ServesAPlainRequestOfACredentialThatOnlyReads) {
  EXPECT_FALSE(serve_plain("List", token_of("acc_alice", {"wallets:read"}), {}).has_error());
}

TEST_F(RouterTest, RefusesInClearACredentialThatCanChangeThings) {
  EXPECT_EQ(serve_plain("List", token_of("acc_alice"), {}).error().code(),
            text(Code::seal_required));
}

TEST_F(RouterTest, RefusesARequestWithoutCredential) {
  EXPECT_EQ(serve_plain("List", "", {}).error().code(), text(Code::unauthenticated));
  EXPECT_EQ(serve_sealed({.message = create_request("hot")}).problem().code(),
            text(Code::unauthenticated));
  EXPECT_EQ(wallets_.creations, 0);
}

TEST_F(RouterTest, RefusesACredentialWithoutTheScope) {
  const std::string token = token_of("acc_alice", {"wallets:read"});
  EXPECT_FALSE(serve_plain("List", token, {}).has_error());
  const auto reply = serve_sealed({.credential = token, .message = create_request("hot")});
  EXPECT_EQ(reply.problem().code(), text(Code::permission_denied));
  EXPECT_EQ(reply.problem().type(), "urn:nsl:error:" + text(Code::permission_denied));
  EXPECT_EQ(wallets_.creations, 0);
}

TEST_F(RouterTest, RefusesASealMadeForAnotherAccount) {
  const auto reply = serve_sealed({.account = "acc_bob",
                                   .credential = token_of("acc_alice"),
                                   .message = create_request("hot")});
  EXPECT_EQ(reply.problem().code(), text(Code::seal_invalid));
  EXPECT_EQ(wallets_.creations, 0);
}

TEST_F(RouterTest, RefusesTheCredentialOfADeletedAccount) {
  EXPECT_EQ(serve_plain("List", token_of("acc_gone"), {}).error().code(),
            text(Code::token_invalid));
}

TEST_F(RouterTest, RefusesWhatIsNotTheOperationsMessage) {
  const auto reply =
      serve_sealed({.credential = token_of("acc_alice"), .message = "\xff\xff\xff\xff"});
  EXPECT_EQ(reply.problem().code(), text(Code::malformed_request));
}

TEST_F(RouterTest, ExecutesOnceForOneIdempotencyKey) {
  const auto first = create_wallet("hot", "key-1");
  const auto second = create_wallet("hot", "key-1");
  EXPECT_EQ(wallets_.creations, 1);
  EXPECT_EQ(first.message(), second.message());
  EXPECT_EQ(first.etag(), second.etag());
}

TEST_F(RouterTest, ExecutesTwiceForTwoIdempotencyKeys) {
  EXPECT_NE(create_wallet("hot", "key-1").message(), create_wallet("hot", "key-2").message());
  EXPECT_EQ(wallets_.creations, 2);
}

TEST_F(RouterTest, RefusesAnotherRequestUnderTheSameIdempotencyKey) {
  ASSERT_TRUE(create_wallet("hot", "key-1").has_message());
  EXPECT_EQ(create_wallet("cold", "key-1").problem().code(), text(Code::idempotency_key_reused));
  EXPECT_EQ(wallets_.creations, 1);
}

TEST_F(RouterTest, RepeatsAFailedRequestWithTheSameTimeAndRandomness) {
  ASSERT_EQ(create_wallet("taken", "key-1").problem().code(), text(Code::already_exists));
  const std::string first_id = wallets_.last_id;
  clock_.advance_ms(1000);
  ASSERT_EQ(create_wallet("taken", "key-1").problem().code(), text(Code::already_exists));
  EXPECT_EQ(wallets_.creations, 2);
  EXPECT_EQ(wallets_.last_id, first_id);
}

TEST_F(RouterTest, KeepsIdempotencyKeysOfTwoAccountsApart) {
  ASSERT_TRUE(create_wallet("hot", "key-1").has_message());
  const auto reply = serve_sealed({.account = "acc_bob",
                                   .credential = token_of("acc_bob"),
                                   .idempotency_key = "key-1",
                                   .message = create_request("other")});
  EXPECT_TRUE(reply.has_message()) << reply.problem().code();
}

TEST_F(RouterTest, WritesAnAuditEntryForSuccess) {
  ASSERT_TRUE(create_wallet("hot").has_message());
  const auto entries = audit_entries();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].entry.account, "acc_alice");
  EXPECT_EQ(entries[0].entry.operation, "nsl.v1.WalletService/Create");
  EXPECT_EQ(entries[0].entry.code, "");
}

TEST_F(RouterTest, WritesAnAuditEntryForRefusal) {
  ASSERT_TRUE(create_wallet("taken").has_problem());
  const auto entries = audit_entries();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].entry.code, text(Code::already_exists));
}

TEST_F(RouterTest, WritesAnAuditEntryForACredentialWithoutTheScope) {
  const auto reply = serve_sealed(
      {.credential = token_of("acc_alice", {"wallets:read"}), .message = create_request("hot")});
  ASSERT_EQ(reply.problem().code(), text(Code::permission_denied));
  const auto entries = audit_entries();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].entry.account, "acc_alice");
  EXPECT_EQ(entries[0].entry.code, text(Code::permission_denied));
}

TEST_F(RouterTest, WritesNoAuditEntryForAStranger) {
  ASSERT_TRUE(serve_sealed({.message = create_request("hot")}).has_problem());
  EXPECT_TRUE(audit_entries().empty());
}

TEST_F(RouterTest, WritesNoAuditEntryWhereNoneIsDeclared) {
  ASSERT_FALSE(serve_plain("List", token_of("acc_alice", {"wallets:read"}), {}).has_error());
  EXPECT_TRUE(audit_entries().empty());
}

TEST_F(RouterTest, WithholdsAResultUntilItsAuditEntryIsWritten) {
  const SealedFrame sealed =
      seal_frame({.credential = token_of("acc_alice"), .message = create_request("hot")});
  router_host_.is_broken = true;
  std::promise<Frame> answer;
  std::future<Frame> answered = answer.get_future();
  // Returns all the same: nobody's thread is held by a store that is slow.
  router_->serve(sealed.frame, deadline_,
                 [&answer](Frame reply) { answer.set_value(std::move(reply)); });
  EXPECT_EQ(wallets_.creations, 1);
  EXPECT_EQ(answered.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  router_host_.is_broken = false;
  const auto reply = sealed.reply_opener.open(as_bytes(answered.get().payload())).value();
  EXPECT_TRUE(reply.has_message());
  EXPECT_EQ(audit_entries().size(), 1U);
}

TEST_F(RouterTest, AnswersWithAnErrorWhenTheAuditEntryCannotBeWrittenAnyMore) {
  const SealedFrame sealed =
      seal_frame({.credential = token_of("acc_alice"), .message = create_request("hot")});
  router_host_.is_broken = true;
  std::promise<Frame> answer;
  router_->serve(sealed.frame, deadline_,
                 [&answer](Frame reply) { answer.set_value(std::move(reply)); });
  // The enclave stops while the store is away.
  router_.reset();
  router_vault_.reset();
  const auto reply =
      sealed.reply_opener.open(as_bytes(answer.get_future().get().payload())).value();
  EXPECT_FALSE(reply.has_message());
  EXPECT_EQ(reply.problem().code(), text(Code::unavailable));
}

TEST_F(RouterTest, GivesAKeysRequestUpAtItsDeadline) {
  router_host_.is_broken = true;
  serve_deadline_ = Deadline::after_ms(system_clock_, 50);
  const auto reply = create_wallet("hot", "key-1");
  EXPECT_TRUE(reply.has_problem());
  EXPECT_FALSE(reply.has_message());
}

TEST_F(RouterTest, KeepsTheReplyAndTheAuditEntryInOneCommit) {
  const int before = router_host_.commits;
  ASSERT_TRUE(create_wallet("hot", "key-1").has_message());
  EXPECT_EQ(router_host_.commits - before, 2);  // The other one admitted the key.
  ASSERT_TRUE(create_wallet("hot", "key-1").has_message());
  EXPECT_EQ(router_host_.commits - before, 3);
  EXPECT_EQ(audit_entries().size(), 2U);
}

TEST_F(RouterTest, TellsWhatWasDoneWhenItsReplyCannotBeKept) {
  EXPECT_TRUE(create_wallet("huge", "key-1").has_problem());
  EXPECT_EQ(wallets_.creations, 1);
  const auto entries = audit_entries();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].entry.code, text(Code::limit_exceeded));
  // The key is free again, and the request still the first one's.
  EXPECT_EQ(create_wallet("other", "key-1").problem().code(), text(Code::idempotency_key_reused));
}

TEST_F(RouterTest, ServesAnInternalOperationToTheHostOnly) {
  Frame frame;
  frame.set_service_type("nsl.internal.v1.WorkService");
  frame.set_operation("Execute");
  EXPECT_FALSE(answer_to(frame).has_error());
  const auto sealed = serve_sealed({.service = "nsl.internal.v1.WorkService",
                                    .operation = "Execute",
                                    .credential = token_of("acc_alice"),
                                    .message = {}});
  EXPECT_EQ(sealed.problem().code(), text(Code::unknown_operation));
}

TEST_F(RouterTest, SealsAnErrorAsAProblemWithCodeAndPointer) {
  const auto problem = create_wallet("taken").problem();
  EXPECT_EQ(problem.code(), text(Code::already_exists));
  EXPECT_EQ(problem.status(), 409U);
  EXPECT_EQ(problem.detail(), "is taken");
  EXPECT_TRUE(problem.request_id().starts_with("req_"));
  ASSERT_EQ(problem.errors_size(), 1);
  EXPECT_EQ(problem.errors(0).pointer(), "/name");
}

TEST_F(RouterTest, RefusesASealItCannotOpenInClear) {
  Frame frame;
  frame.set_service_type(kWallets);
  frame.set_operation("Create");
  frame.set_sealed(true);
  frame.set_payload("not a seal");
  const Frame reply = answer_to(frame);
  EXPECT_TRUE(reply.has_error());
  EXPECT_FALSE(reply.sealed());
}

}  // namespace
}  // namespace nsl::enclave::router
