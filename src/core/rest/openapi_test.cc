#include "core/rest/openapi.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <set>

#include "core/rest/json_reader.h"
#include "nsl/v1/all_files.h"

namespace nsl::rest {
namespace {

using simdjson::dom::element;

class OpenApi : public ::testing::Test {
 protected:
  OpenApi() { EXPECT_EQ(parser_.parse(text_).get(root_), simdjson::SUCCESS); }
  std::string_view string_at(const char* pointer) {
    std::string_view value;
    EXPECT_EQ(root_.at_pointer(pointer).get(value), simdjson::SUCCESS) << pointer;
    return value;
  }
  bool has(const std::string& pointer) {
    element value;
    return root_.at_pointer(pointer).get(value) == simdjson::SUCCESS;
  }

  RouteTable table_ = RouteTable::make(v1::all_files()).value();
  std::string text_ = print_openapi(table_, "1.2.3");
  simdjson::dom::parser parser_;
  element root_;
};

// Every "$ref" below `value`.
void collect_references(const element& value, std::set<std::string>& references) {
  if (value.is_object()) {
    const simdjson::dom::object object = value.get_object().value();
    for (const auto& [key, member] : object) {
      if (key == "$ref") references.insert(std::string(member.get_string().value()));
      collect_references(member, references);
    }
  } else if (value.is_array()) {
    const simdjson::dom::array array = value.get_array().value();
    for (const element item : array) collect_references(item, references);
  }
}

TEST_F(OpenApi, IsStrictJsonOfVersionThreeOne) {
  EXPECT_TRUE(check_json(text_).has_value());
  EXPECT_EQ(string_at("/openapi"), "3.1.0");
  EXPECT_EQ(string_at("/info/version"), "1.2.3");
}

TEST_F(OpenApi, ListsEveryOperationOnceUnderAUniqueId) {
  std::set<std::string> ids;
  for (const auto& route : table_.routes()) {
    std::string verb = route->verb;
    for (char& c : verb) c = static_cast<char>(std::tolower(c));
    const std::string at =
        "/paths" + pointer_step(route->path_template) + "/" + verb + "/operationId";
    std::string_view id;
    ASSERT_EQ(root_.at_pointer(at).get(id), simdjson::SUCCESS) << at;
    EXPECT_TRUE(ids.insert(std::string(id)).second) << id;
  }
}

TEST_F(OpenApi, ResolvesEveryReference) {
  std::set<std::string> references;
  collect_references(root_, references);
  EXPECT_TRUE(references.contains("#/components/schemas/Wallet"));
  EXPECT_TRUE(references.contains("#/components/schemas/Measurements.Register"));
  for (const std::string& reference : references) {
    EXPECT_TRUE(has(reference.substr(1))) << reference;
  }
}

TEST_F(OpenApi, SaysWhatTheOptionsSay) {
  const std::string put = "/paths/~1v1~1secrets~1{name}/put";
  EXPECT_EQ(string_at((put + "/x-nsl-scope").c_str()), "secrets:write");
  EXPECT_EQ(string_at((put + "/x-nsl-seal").c_str()), "required");
  EXPECT_EQ(string_at((put + "/x-nsl-connect").c_str()), "/nsl.v1.SecretService/Put");
  EXPECT_EQ(string_at((put + "/security/0/bearer/0").c_str()), "secrets:write");
  EXPECT_EQ(string_at((put + "/parameters/0/name").c_str()), "name");
  EXPECT_EQ(string_at((put + "/parameters/0/in").c_str()), "path");
  EXPECT_EQ(string_at((put + "/responses/default/$ref").c_str()), "#/components/responses/Problem");
  const std::string schema = put + "/requestBody/content/application~1json/schema/properties";
  EXPECT_TRUE(has(schema + "/value"));
  EXPECT_FALSE(has(schema + "/name"));
  const std::string open = "/paths/~1v1~1attestation/get";
  EXPECT_FALSE(has(open + "/security/0"));
  EXPECT_EQ(string_at((open + "/parameters/0/name").c_str()), "nonce");
  EXPECT_EQ(string_at((open + "/parameters/0/in").c_str()), "query");
  EXPECT_TRUE(has("/paths/~1v1~1wallets/post/responses/201"));
  EXPECT_TRUE(
      has("/paths/~1v1~1runs~1{run}~1receipt/get/responses/200/content/"
          "application~1cose; cose-type=\"cose-sign1\""));
}

TEST_F(OpenApi, DescribesEveryFieldInTheWordsOfTheContract) {
  for (const google::protobuf::FileDescriptor* file : v1::all_files()) {
    if (file->name() == "nsl/v1/options.proto") continue;
    for (int m = 0; m < file->message_type_count(); ++m) {
      for (int f = 0; f < file->message_type(m)->field_count(); ++f) {
        const std::string& name = file->message_type(m)->field(f)->full_name();
        EXPECT_FALSE(v1::comment_of(name).empty()) << name;
      }
    }
  }
  const char* from_block = "/components/schemas/Trigger/properties/from_block/description";
  EXPECT_EQ(string_at(from_block), "The first block whose events count.");
}

TEST_F(OpenApi, ListsEveryErrorCode) {
  const auto codes = root_.at_pointer("/components/schemas/Problem/properties/code/enum");
  EXPECT_EQ(codes.get_array().value().size(), kCodeCount);
}

TEST_F(OpenApi, IsTheSameEveryTime) { EXPECT_EQ(text_, print_openapi(table_, "1.2.3")); }

}  // namespace
}  // namespace nsl::rest
