#include "core/attestation/attestation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "core/attestation/testing/software_module.h"
#include "core/base/limits.h"
#include "core/codec/cbor.h"
#include "core/codec/cose.h"
#include "core/codec/hex.h"
#include "core/crypto/pem.h"

namespace nsl::attestation {
namespace {

constexpr WallTime kNow(1'795'000'000'000);
constexpr std::int64_t kHourMs = 3'600'000;

class Attestation : public testing::Test {
 protected:
  SeededRandom random_{7};
  SoftwareModule module_{random_, kNow};
  BoundKeys keys_ = make_bound_keys(random_);
  Bytes binding_ = encode_binding(keys_.binding);
  Bytes nonce_ = {1, 2, 3};

  SoftwareModule::Content content() const {
    const auto digest = crypto::sha384(binding_);
    return {.timestamp = kNow,
            .registers = plausible_registers(),
            .public_key = to_bytes(ByteView(keys_.binding.sealing_key.uncompressed())),
            .user_data = to_bytes(ByteView(digest)),
            .nonce = nonce_};
  }
  Expectations expectations() const { return {.at = kNow, .nonce = nonce_, .measurements = {}}; }
  Result<VerifiedAttestation> verify_now(ByteView document) const {
    return verify(document, binding_, module_.anchor(), expectations());
  }
  Code refusal(ByteView document) const {
    const auto verified = verify_now(document);
    EXPECT_FALSE(verified.has_value());
    return verified.has_value() ? Code::internal : verified.error().code();
  }
};

TEST_F(Attestation, TellsWhatAGenuineDocumentBinds) {
  const auto verified = verify_now(module_.sign(module_.fields(content())));
  ASSERT_TRUE(verified.has_value()) << verified.error().message();
  EXPECT_EQ(verified->mode, Mode::development);
  EXPECT_EQ(verified->binding.sealing_key, keys_.binding.sealing_key);
  EXPECT_EQ(verified->binding.receipt_key, keys_.binding.receipt_key);
  EXPECT_EQ(verified->binding.state_counter, 7U);
  EXPECT_EQ(verified->binding.version, "0.1.0");
  EXPECT_EQ(verified->binding_digest, crypto::sha256(binding_));
  EXPECT_EQ(verified->registers, plausible_registers());
}

TEST_F(Attestation, RefusesEverySingleByteChange) {
  const Bytes genuine = module_.document(keys_.binding, kNow, nonce_);
  ASSERT_TRUE(verify_now(genuine).has_value());
  for (std::size_t i = 0; i < genuine.size(); ++i) {
    Bytes changed = genuine;
    changed[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
    EXPECT_FALSE(verify_now(changed).has_value()) << "byte " << i;
  }
}

TEST_F(Attestation, RefusesTruncatedAndExtendedDocuments) {
  const Bytes genuine = module_.document(keys_.binding, kNow, nonce_);
  for (std::size_t size = 0; size < genuine.size(); size += 7) {
    EXPECT_FALSE(verify_now(ByteView(genuine).first(size)).has_value());
  }
  Bytes longer = genuine;
  longer.push_back(0);
  EXPECT_EQ(refusal(longer), Code::attestation_malformed);
}

// Each entry changes the fields of a document that is then signed by the genuine leaf.
struct Mutation {
  const char* name;
  std::function<void(SoftwareModule::Fields&)> change;
  Code code = Code::attestation_malformed;
};

Bytes& field(SoftwareModule::Fields& fields, std::string_view name) {
  const Bytes key = cbor_text(name);
  return std::find_if(fields.begin(), fields.end(),
                      [&key](const auto& f) { return f.first == key; })
      ->second;
}

std::function<void(SoftwareModule::Fields&)> set(std::string name, Bytes value) {
  return [name = std::move(name), value = std::move(value)](SoftwareModule::Fields& fields) {
    field(fields, name) = value;
  };
}

std::function<void(SoftwareModule::Fields&)> drop(std::string_view name) {
  return [key = cbor_text(name)](SoftwareModule::Fields& fields) {
    std::erase_if(fields, [&key](const auto& f) { return f.first == key; });
  };
}

std::function<void(SoftwareModule::Fields&)> repeat(std::string name) {
  return [name = std::move(name)](SoftwareModule::Fields& fields) {
    fields.emplace_back(cbor_text(name), field(fields, name));
  };
}

Bytes registers_cbor(const std::vector<std::pair<std::uint64_t, Bytes>>& entries) {
  codec::CborWriter out;
  out.begin_map(entries.size());
  for (const auto& [index, value] : entries) out.write_unsigned(index).write_bytes(value);
  return std::move(out).take();
}

std::vector<Mutation> field_mutations() {
  std::vector<Mutation> all;
  for (const char* name : {"module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle"}) {
    all.push_back({name, drop(name)});
    all.push_back({name, set(name, {0xf6})});  // null
    all.push_back({name, set(name, {0xf5})});  // true
    all.push_back({name, set(name, {0x80})});  // []
    all.push_back({name, set(name, {0xa0})});  // {}
  }
  for (const char* name : {"module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle",
                           "public_key", "user_data", "nonce"}) {
    all.push_back({name, repeat(name)});
  }
  for (const char* name : {"public_key", "user_data", "nonce"}) {
    all.push_back({name, set(name, cbor_text("text"))});
    all.push_back({name, set(name, cbor_bytes(Bytes(1025, 1)))});
    all.push_back({name, set(name, {0xf4})});
  }
  return all;
}

std::vector<Mutation> value_mutations() {
  const Bytes measured(48, 1);
  return {
      {"empty module id", set("module_id", cbor_text(""))},
      {"long module id", set("module_id", cbor_text(std::string(257, 'a')))},
      {"another digest", set("digest", cbor_text("SHA512"))},
      {"time zero", set("timestamp", cbor_unsigned(0))},
      {"time beyond 2^53", set("timestamp", cbor_unsigned((1ULL << 53) + 1))},
      {"negative time", set("timestamp", {0x20})},
      {"long form integer", set("timestamp", {0x18, 0x01})},
      {"float", set("timestamp", {0xfb, 0, 0, 0, 0, 0, 0, 0, 0})},
      {"register of 32 bytes",
       set("pcrs", registers_cbor({{0, Bytes(32, 1)}, {1, measured}, {2, measured}}))},
      {"no register 1", set("pcrs", registers_cbor({{0, measured}, {2, measured}}))},
      {"register 32",
       set("pcrs", registers_cbor({{0, measured}, {1, measured}, {2, measured}, {32, measured}}))},
      {"empty leaf", set("certificate", cbor_bytes({}))},
      {"large leaf", set("certificate", cbor_bytes(Bytes(1025, 0x30)))},
      {"leaf of garbage", set("certificate", cbor_bytes(Bytes(64, 0x30))),
       Code::attestation_untrusted},
      {"bundle of text", set("cabundle", {0x81, 0x61, 'a'})},
      {"five in the bundle", set("cabundle", {0x85, 0x41, 1, 0x41, 1, 0x41, 1, 0x41, 1, 0x41, 1})},
      {"debug mode",
       set("pcrs", registers_cbor({{0, Bytes(48, 0)}, {1, Bytes(48, 0)}, {2, Bytes(48, 0)}})),
       Code::attestation_debug_mode},
      {"register 0 zero",
       set("pcrs", registers_cbor({{0, Bytes(48, 0)}, {1, measured}, {2, measured}})),
       Code::attestation_debug_mode},
      {"another nonce", set("nonce", cbor_bytes(Bytes{9})), Code::attestation_stale},
      {"empty nonce", set("nonce", cbor_bytes({})), Code::attestation_stale},
      {"no nonce", drop("nonce"), Code::attestation_stale},
      {"no user data", drop("user_data"), Code::attestation_binding_mismatch},
      {"other user data", set("user_data", cbor_bytes(Bytes(48, 1))),
       Code::attestation_binding_mismatch},
      {"no public key", drop("public_key"), Code::attestation_binding_mismatch},
      {"empty public key", set("public_key", cbor_bytes({})), Code::attestation_binding_mismatch},
      {"integer key",
       [](SoftwareModule::Fields& fields) {
         fields.push_back({cbor_unsigned(1), cbor_unsigned(1)});
       }},
      {"deep nesting",
       [](SoftwareModule::Fields& fields) {
         fields.push_back({cbor_text("x"), {0x81, 0x81, 0x81, 0x81, 0x81, 0x01}});
       }},
  };
}

TEST_F(Attestation, RefusesSignedDocumentsOfAnyOtherShape) {
  std::vector<Mutation> all = field_mutations();
  for (Mutation& mutation : value_mutations()) all.push_back(std::move(mutation));
  EXPECT_GE(all.size(), 60U);
  for (const Mutation& mutation : all) {
    SoftwareModule::Fields fields = module_.fields(content());
    mutation.change(fields);
    EXPECT_EQ(refusal(module_.sign(fields)), mutation.code) << mutation.name;
  }
}

TEST_F(Attestation, AcceptsWhatAwsMayAdd) {
  SoftwareModule::Fields fields = module_.fields(content());
  fields.push_back({cbor_text("something_new"), cbor_unsigned(1)});
  EXPECT_TRUE(verify_now(module_.sign(fields)).has_value());
  // A map of indefinite length.
  Bytes payload = {0xbf};
  for (const auto& [key, value] : fields) {
    append(payload, key);
    append(payload, value);
  }
  payload.push_back(0xff);
  EXPECT_TRUE(verify_now(module_.sign_payload(payload)).has_value());
  payload.push_back(0x00);
  EXPECT_EQ(refusal(module_.sign_payload(payload)), Code::attestation_malformed);
}

TEST_F(Attestation, BoundsTheSizeOfADocument) {
  const auto of_filler = [this](std::size_t bytes) {
    SoftwareModule::Fields fields = module_.fields(content());
    fields.push_back({cbor_text("filler"), cbor_bytes(Bytes(bytes, 1))});
    return module_.sign(fields);
  };
  const auto size_max = static_cast<std::size_t>(limits::kAttestationDocumentBytesMax);
  const std::size_t others = of_filler(1000).size() - 1000;
  ASSERT_EQ(of_filler(size_max - others).size(), size_max);
  EXPECT_TRUE(verify_now(of_filler(size_max - others)).has_value());
  EXPECT_EQ(refusal(of_filler(size_max - others + 1)), Code::attestation_malformed);
}

TEST_F(Attestation, AcceptsTheTagAndRefusesAnotherAlgorithmOrHeader) {
  const Bytes genuine = module_.document(keys_.binding, kNow, nonce_);
  Bytes tagged = {0xd2};
  append(tagged, genuine);
  EXPECT_TRUE(verify_now(tagged).has_value());
  auto envelope = codec::parse_cose_sign1(genuine);
  ASSERT_TRUE(envelope.has_value());
  codec::CoseSign1 other = *envelope;
  other.algorithm = codec::CoseAlgorithm::es256;
  other.protected_header = codec::cose_protected_header(codec::CoseAlgorithm::es256);
  other.signature.resize(64);
  EXPECT_EQ(refusal(codec::encode_cose_sign1(other)), Code::attestation_malformed);
}

TEST_F(Attestation, RefusesASelfMadeRootAlthoughTheDocumentCarriesIt) {
  SoftwareModule other(random_, kNow);
  EXPECT_EQ(refusal(other.document(keys_.binding, kNow, nonce_)), Code::attestation_untrusted);
  EXPECT_EQ(verify(module_.document(keys_.binding, kNow, nonce_), binding_, aws_nitro_root(),
                   expectations())
                .error()
                .code(),
            Code::attestation_untrusted);
}

TEST_F(Attestation, IgnoresTheRootInTheDocument) {
  module_.cabundle()[0] = Bytes{1};
  EXPECT_TRUE(verify_now(module_.document(keys_.binding, kNow, nonce_)).has_value());
}

TEST_F(Attestation, RefusesAChainWithAMissingOrUnusedAuthority) {
  const std::vector<Bytes> bundle = module_.cabundle();
  module_.cabundle() = {bundle[0]};
  EXPECT_EQ(refusal(module_.document(keys_.binding, kNow, nonce_)), Code::attestation_untrusted);
  const SoftwareModule other(random_, kNow);
  module_.cabundle() = {bundle[0], bundle[1], other.root_der()};
  EXPECT_EQ(refusal(module_.document(keys_.binding, kNow, nonce_)), Code::attestation_untrusted);
}

TEST_F(Attestation, RefusesAnAuthorityAsLeaf) {
  module_.leaf_der() = module_.cabundle()[1];
  EXPECT_EQ(refusal(module_.document(keys_.binding, kNow, nonce_)), Code::attestation_untrusted);
}

TEST_F(Attestation, IsStaleOutsideTheCertificatesValidity) {
  const Bytes document = module_.document(keys_.binding, kNow, nonce_);
  for (const std::int64_t hours : {-2, 4}) {
    Expectations later = expectations();
    later.at = WallTime(kNow.value() + hours * kHourMs);
    const auto verified = verify(document, binding_, module_.anchor(), later);
    ASSERT_FALSE(verified.has_value());
    EXPECT_EQ(verified.error().code(), Code::attestation_stale);
  }
}

TEST_F(Attestation, ComparesTheMeasurementsItIsGiven) {
  const Bytes document = module_.document(keys_.binding, kNow, nonce_);
  Expectations pinned = expectations();
  pinned.measurements[0] = plausible_registers()[0];
  EXPECT_TRUE(verify(document, binding_, module_.anchor(), pinned).has_value());
  pinned.measurements[2] = crypto::Digest48{};
  EXPECT_EQ(verify(document, binding_, module_.anchor(), pinned).error().code(),
            Code::attestation_untrusted);
  pinned.measurements = {{31, crypto::Digest48{}}};
  EXPECT_EQ(verify(document, binding_, module_.anchor(), pinned).error().code(),
            Code::attestation_untrusted);
}

TEST_F(Attestation, RefusesAnyOtherBinding) {
  const Bytes document = module_.document(keys_.binding, kNow, nonce_);
  for (std::size_t i = 0; i < binding_.size(); ++i) {
    Bytes changed = binding_;
    changed[i] ^= 1U;
    const auto verified = verify(document, changed, module_.anchor(), expectations());
    ASSERT_FALSE(verified.has_value()) << "byte " << i;
    EXPECT_EQ(verified.error().code(), Code::attestation_binding_mismatch);
  }
}

TEST_F(Attestation, RefusesABindingWhoseSealingKeyIsNotTheDocuments) {
  SoftwareModule::Content other = content();
  other.public_key = to_bytes(ByteView(keys_.binding.receipt_key.uncompressed()));
  EXPECT_EQ(refusal(module_.sign(module_.fields(other))), Code::attestation_binding_mismatch);
}

TEST_F(Attestation, ReadsBackTheBindingItWrites) {
  for (int round = 0; round < 50; ++round) {
    const Binding binding = make_bound_keys(random_).binding;
    const auto parsed = parse_binding(encode_binding(binding));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(encode_binding(*parsed), encode_binding(binding));
  }
}

// The vector printed in docs/wire.md.
TEST(AttestationBinding, HasThePublishedEncoding) {
  const auto key_of = [](std::uint8_t number) {
    std::array<std::uint8_t, 32> secret{};
    secret.back() = number;
    return crypto::P256PrivateKey::from_secret(Secret<32>::copy_of(secret))->public_key();
  };
  Binding binding{.sealing_key = key_of(1), .receipt_key = key_of(2), .version = "0.1.0"};
  for (std::uint8_t i = 0; i < 16; ++i) binding.boot_id[i] = i;
  binding.state_counter = 1000;
  binding.state_head.fill(0xab);
  EXPECT_EQ(
      codec::encode_hex(encode_binding(binding)),
      "876a6e736c2d6174742d763150000102030405060708090a0b0c0d0e0f5841046b17d1f2e12c4247f8bce6e5"
      "63a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ece"
      "cbb6406837bf51f55821037cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc4766997819"
      "03e85820abababababababababababababababababababababababababababababababab65302e312e30");
}

TEST_F(Attestation, FindsTheDevelopmentRootByItsFingerprintOnly) {
  const Bytes document = module_.document(keys_.binding, kNow, nonce_);
  const auto anchor = find_development_root(document, crypto::sha256(module_.root_der()));
  ASSERT_TRUE(anchor.has_value());
  EXPECT_EQ(anchor->root_der, module_.root_der());
  EXPECT_EQ(anchor->mode, Mode::development);
  EXPECT_EQ(find_development_root(document, crypto::Digest32{}).error().code(),
            Code::attestation_untrusted);
}

TEST_F(Attestation, ReadsADevelopmentRootFromPem) {
  const auto anchor = parse_development_root(crypto::encode_certificate_pem(module_.root_der()));
  ASSERT_TRUE(anchor.has_value());
  EXPECT_EQ(anchor->root_der, module_.root_der());
  EXPECT_FALSE(parse_development_root("not a certificate").has_value());
  EXPECT_EQ(parse_development_root(crypto::encode_certificate_pem(aws_nitro_root().root_der))
                .error()
                .code(),
            Code::attestation_untrusted);
}

TEST(AwsRoot, HasTheFingerprintAwsPublishes) {
  EXPECT_EQ(codec::encode_hex(crypto::sha256(aws_nitro_root().root_der)),
            "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b");
  EXPECT_EQ(aws_nitro_root().mode, Mode::production);
}

}  // namespace
}  // namespace nsl::attestation
