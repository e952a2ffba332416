#include "core/neo/manifest.h"

#include <gtest/gtest.h>

#include "core/codec/base64.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// The manifests of neo-project/neo UT_ContractManifest, as neo-go v0.122.0 has them in
// pkg/smartcontract/manifest/manifest_test.go.
std::string manifest_text(std::string_view groups, std::string_view methods,
                          std::string_view permissions, std::string_view trusts,
                          std::string_view extra) {
  std::string text = R"({"name":"Test","groups":)";
  text.append(groups).append(R"(,"features":{},"supportedstandards":[],"abi":{"methods":)");
  text.append(methods).append(R"(,"events":[]},"permissions":)").append(permissions);
  text.append(R"(,"trusts":)").append(trusts).append(R"(,"extra":)").append(extra);
  return text + "}";
}

constexpr std::string_view kAnyCall = R"([{"contract":"*","methods":"*"}])";

TEST(Manifest, PrintsWhatItReads) {
  const std::string texts[] = {
      manifest_text("[]", "[]", kAnyCall, "[]", "null"),
      manifest_text("[]", "[]",
                    R"([{"contract":"0x0000000000000000000000000000000000000000",)"
                    R"("methods":["method1","method2"]}])",
                    "[]", "null"),
      manifest_text("[]",
                    R"([{"name":"safeMet","parameters":[],"returntype":"Integer","offset":123,)"
                    R"("safe":true}])",
                    kAnyCall, "[]", "null"),
      manifest_text("[]", "[]", kAnyCall, R"(["0x0000000000000000000000000000000000000001"])",
                    "null"),
      manifest_text("[]", "[]", kAnyCall, "\"*\"", R"({"key":"value","n":[1,2.5,null]})"),
      manifest_text(
          R"([{"pubkey":"03b209fd4f53a7170ea4444e0cb0a6bb6a53c2bd016926989cf85f9b0fba17a70c",)"
          R"("signature":")" +
              codec::encode_base64(Bytes(64, 'A')) + R"("}])",
          "[]", kAnyCall,
          R"(["03b209fd4f53a7170ea4444e0cb0a6bb6a53c2bd016926989cf85f9b0fba17a70c"])", "null")};
  for (const std::string& text : texts) {
    const Result<Manifest> manifest = parse_manifest(text);
    ASSERT_TRUE(manifest.has_value()) << text << manifest.error().message();
    EXPECT_EQ(to_text(to_json(*manifest)), text);
    EXPECT_EQ(parse_manifest(to_text(to_json(*manifest))).value(), *manifest);
  }
}

TEST(Manifest, RefusesAnotherForm) {
  const std::string good = manifest_text("[]", "[]", kAnyCall, "[]", "null");
  const auto refused = [&good](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return !parse_manifest(text).has_value();
  };
  EXPECT_TRUE(refused(R"("name":"Test")", R"("name":1)"));
  EXPECT_TRUE(refused(R"("features":{})", R"("features":{"storage":true})"));
  EXPECT_TRUE(refused(R"("features":{})", R"("features":[])"));
  EXPECT_TRUE(refused(R"("supportedstandards":[])", R"("supportedstandards":[1])"));
  EXPECT_TRUE(refused(R"("contract":"*")", R"("contract":"everyone")"));
  EXPECT_TRUE(refused(R"("methods":"*")", R"("methods":"all")"));
  EXPECT_TRUE(refused(R"("trusts":[])", R"("trusts":null)"));
  EXPECT_TRUE(refused(R"("events":[])", R"("events":[{"name":"x"}])"));
  EXPECT_TRUE(refused(R"("groups":[])", R"("groups":[{"pubkey":"02","signature":""}])"));
  EXPECT_TRUE(refused(
      R"("groups":[])",
      R"("groups":[{"pubkey":"03b209fd4f53a7170ea4444e0cb0a6bb6a53c2bd016926989cf85f9b0fba17a70c",)"
      R"("signature":"QQ=="}])"));
  EXPECT_EQ(parse_manifest(std::string(kManifestBytesMax + 1, ' ')).error().code(),
            Code::limit_exceeded);
}

// The contract hash and the signature are neo-go's (see nef_test.cc).
constexpr std::string_view kContract = "0x68472d8685393cf142572eb817614ca14ef678fe";
constexpr std::string_view kGroupSignature =
    "5205546c34c8f2225d31e62dac0be3ccf54421b493af91ac5531ffbe4b8015a301aa0744e65d274dda9734137bac"
    "bc8f9162bbd88b6c8e9d2ca3464e3a1b3689";

UInt160 contract() { return UInt160::parse(kContract).value(); }

Manifest valid_manifest() {
  Manifest manifest;
  manifest.name = "Test";
  manifest.methods = {{.name = "balanceOf",
                       .parameters = {{"account", ParameterType::hash160}},
                       .return_type = ParameterType::integer,
                       .offset = 0,
                       .is_safe = true}};
  manifest.events = {
      {.name = "Transfer",
       .parameters = {{"from", ParameterType::hash160}, {"amount", ParameterType::integer}}}};
  manifest.supported_standards = {"NEP-17"};
  manifest.permissions = {{AnyContract{}, std::nullopt}};
  manifest.trusts = std::vector<ContractDescriptor>{};
  ManifestGroup group{numbered_key(1).public_key(), {}};
  const Bytes signature = from_hex(kGroupSignature);
  std::copy(signature.begin(), signature.end(), group.signature.begin());
  manifest.groups = {group};
  return manifest;
}

TEST(Manifest, RulesOfANodeHold) {
  EXPECT_TRUE(check_manifest(valid_manifest(), contract()).has_value());
  const auto refused = [](const Manifest& manifest) {
    const Result<void> checked = check_manifest(manifest, contract());
    return !checked.has_value() && checked.error().code() == Code::invalid_manifest;
  };
  Manifest bad = valid_manifest();
  bad.name.clear();
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.methods.clear();
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.methods.push_back(bad.methods[0]);
  EXPECT_TRUE(refused(bad));
  bad.methods[1].parameters.clear();
  EXPECT_FALSE(refused(bad));
  bad.methods[1].name.clear();
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.methods[0].parameters[0].type = ParameterType::void_type;
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.methods[0].parameters.push_back(bad.methods[0].parameters[0]);
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.events.push_back(bad.events[0]);
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.events[0].parameters[0].name.clear();
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.supported_standards = {""};
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.supported_standards = {"NEP-17", "NEP-17"};
  EXPECT_TRUE(refused(bad));
}

TEST(Manifest, GroupsPermissionsAndTrustsFollowTheRules) {
  const auto refused = [](const Manifest& manifest) {
    return !check_manifest(manifest, contract()).has_value();
  };
  Manifest bad = valid_manifest();
  bad.groups[0].signature[0] ^= 1;
  EXPECT_TRUE(refused(bad));
  EXPECT_FALSE(check_manifest(valid_manifest(), UInt160()).has_value());
  bad = valid_manifest();
  bad.groups.push_back(bad.groups[0]);
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.permissions.push_back(bad.permissions[0]);
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.permissions[0].methods = std::vector<std::string>{""};
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.trusts = std::vector<ContractDescriptor>{contract(), contract()};
  EXPECT_TRUE(refused(bad));
  bad = valid_manifest();
  bad.extra = JsonValue::object().add("x", JsonValue::string(std::string(kManifestBytesMax, 'x')));
  EXPECT_TRUE(refused(bad));
}

TEST(Manifest, MethodsAreFoundByNameAndCount) {
  const Manifest manifest = valid_manifest();
  EXPECT_EQ(find_method(manifest, "balanceOf", 1), &manifest.methods[0]);
  EXPECT_EQ(find_method(manifest, "balanceOf", 0), nullptr);
  EXPECT_EQ(find_method(manifest, "transfer", 1), nullptr);
  EXPECT_EQ(find_event(manifest, "Transfer"), &manifest.events[0]);
  EXPECT_EQ(find_event(manifest, "Mint"), nullptr);
}

TEST(Manifest, PermissionsDecideWhoMayBeCalled) {
  Manifest caller = valid_manifest();
  const Manifest target = valid_manifest();
  const auto allowed = [&caller, &target](std::string_view method) {
    return may_call(caller, contract(), target, method);
  };
  EXPECT_TRUE(allowed("anything"));
  caller.permissions = {{contract(), std::vector<std::string>{"balanceOf"}}};
  EXPECT_TRUE(allowed("balanceOf"));
  EXPECT_FALSE(allowed("transfer"));
  caller.permissions = {{UInt160(), std::nullopt}};
  EXPECT_FALSE(allowed("balanceOf"));
  caller.permissions = {{numbered_key(1).public_key(), std::nullopt}};
  EXPECT_TRUE(allowed("balanceOf"));
  caller.permissions = {{numbered_key(2).public_key(), std::nullopt}};
  EXPECT_FALSE(allowed("balanceOf"));
  caller.permissions.clear();
  EXPECT_FALSE(allowed("balanceOf"));
}

// The pairs of neo-go v0.122.0 pkg/smartcontract/param_type_test.go, TestParamTypeMatch.
TEST(Manifest, NotificationsMustFitTheirEvent) {
  const auto fits = [](ParameterType type, const StackItem& item) {
    const ManifestEvent event{.name = "e", .parameters = {{"p", type}}};
    return check_event(event, StackItem::array({item})).has_value();
  };
  const StackItem pointer = StackItem::opaque(StackItemType::pointer, "1");
  const StackItem interop = StackItem::opaque(StackItemType::interop, "");
  EXPECT_TRUE(fits(ParameterType::any, StackItem()));
  EXPECT_FALSE(fits(ParameterType::any, pointer));
  EXPECT_TRUE(fits(ParameterType::boolean, StackItem::boolean(true)));
  EXPECT_FALSE(fits(ParameterType::boolean, StackItem::integer(1)));
  EXPECT_TRUE(fits(ParameterType::integer, StackItem::integer(1)));
  EXPECT_FALSE(fits(ParameterType::integer, StackItem()));
  EXPECT_TRUE(fits(ParameterType::byte_array, StackItem()));
  EXPECT_TRUE(fits(ParameterType::byte_array, StackItem::buffer({})));
  EXPECT_FALSE(fits(ParameterType::byte_array, StackItem::integer(1)));
  EXPECT_TRUE(fits(ParameterType::string, StackItem::byte_string("x")));
  EXPECT_FALSE(fits(ParameterType::string, StackItem::byte_string("\xff")));
  EXPECT_FALSE(fits(ParameterType::string, StackItem()));
  EXPECT_TRUE(fits(ParameterType::hash160, StackItem::byte_string(Bytes(20))));
  EXPECT_FALSE(fits(ParameterType::hash160, StackItem::byte_string(Bytes(21))));
  EXPECT_FALSE(fits(ParameterType::hash160, StackItem::integer(1)));
  EXPECT_TRUE(fits(ParameterType::hash256, StackItem::byte_string(Bytes(32))));
  EXPECT_TRUE(fits(ParameterType::public_key, StackItem::byte_string(Bytes(33))));
  EXPECT_TRUE(fits(ParameterType::signature, StackItem::byte_string(Bytes(64))));
  EXPECT_TRUE(fits(ParameterType::array, StackItem::structure({})));
  EXPECT_FALSE(fits(ParameterType::array, StackItem::map({})));
  EXPECT_TRUE(fits(ParameterType::map, StackItem::map({})));
  EXPECT_FALSE(fits(ParameterType::map, StackItem::array({})));
  EXPECT_TRUE(fits(ParameterType::interop_interface, interop));
  EXPECT_FALSE(fits(ParameterType::interop_interface, StackItem::array({})));
  EXPECT_FALSE(fits(ParameterType::void_type, StackItem()));
  const ManifestEvent empty{.name = "e", .parameters = {}};
  EXPECT_FALSE(check_event(empty, StackItem::array({StackItem()})).has_value());
  EXPECT_FALSE(check_event(empty, StackItem()).has_value());
}

}  // namespace
}  // namespace nsl::neo
