#include "core/expression/function.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/expression/evaluating_test.h"

namespace nsl::expression {
namespace {

TEST(ExpressionFunctions, SizeCountsCharactersBytesItemsAndKeys) {
  EXPECT_EQ(result_of("size('πέντε')"), "5");
  EXPECT_EQ(result_of("size(b'πέντε')"), "10");
  EXPECT_EQ(result_of("[1, 2].size()"), "2");
  EXPECT_EQ(result_of("{1: 2}.size()"), "1");
  EXPECT_EQ(result_of("size(1)"), "1:1: size() takes string, bytes, list or map, found int");
}

TEST(ExpressionFunctions, SearchStringsAndBytes) {
  EXPECT_EQ(result_of("'transfer'.contains('ansf')"), "true");
  EXPECT_EQ(result_of("'transfer'.contains('')"), "true");
  EXPECT_EQ(result_of("''.contains('a')"), "false");
  EXPECT_EQ(result_of("'aabaabaaab'.contains('aaab')"), "true");
  EXPECT_EQ(result_of("'aabaabaab'.contains('aaab')"), "false");
  EXPECT_EQ(result_of("'transfer'.startsWith('tran') && 'transfer'.endsWith('fer')"), "true");
  EXPECT_EQ(result_of("b'\\x01\\x02\\x03'.contains(b'\\x02')"), "true");
  EXPECT_EQ(result_of("b'\\x01\\x02'.startsWith(b'\\x01') && !b'\\x01'.endsWith(b'\\x02')"),
            "true");
  EXPECT_EQ(result_of("b'a'.contains('a')"),
            "1:6: contains(): Takes two strings or two bytes, not one of each");
}

TEST(ExpressionFunctions, ChangeTheCaseOfAsciiOnly) {
  EXPECT_EQ(result_of("'ÄbC'.lowerAscii()"), "\"Äbc\"");
  EXPECT_EQ(result_of("'äbC'.upperAscii()"), "\"äBC\"");
}

TEST(ExpressionFunctions, ConvertToBool) {
  EXPECT_EQ(result_of("bool('true') && bool('1') && !bool('False')"), "true");
  EXPECT_EQ(result_of("bool(true)"), "true");
  EXPECT_EQ(result_of("bool('yes')"), "1:1: bool(): The string is not a bool");
}

TEST(ExpressionFunctions, ConvertToInt) {
  EXPECT_EQ(result_of("int('-12')"), "-12");
  EXPECT_EQ(result_of("int(7)"), "7");
  EXPECT_EQ(error_of("int('007')"), Code::expression_failed);
  EXPECT_EQ(error_of("int('1.5')"), Code::expression_failed);
  EXPECT_EQ(error_of("int(true)"), Code::expression_failed);
}

TEST(ExpressionFunctions, ReadBytesAsTheVirtualMachineReadsIntegers) {
  EXPECT_EQ(result_of("int(b'')"), "0");
  EXPECT_EQ(result_of("int(b'\\x00\\x01')"), "256");
  EXPECT_EQ(result_of("int(b'\\xff')"), "-1");
  EXPECT_EQ(result_of("int(b'" + repeated("\\xff", 33) + "')"),
            "1:1: int(): More than 32 bytes are not an int");
}

TEST(ExpressionFunctions, ConvertToString) {
  EXPECT_EQ(result_of("string(-12) + string(true) + string(b'\\xc3\\xa4') + string('x')"),
            "\"-12trueäx\"");
  EXPECT_EQ(result_of("utf8(b'NEO')"), "\"NEO\"");
  EXPECT_EQ(result_of("utf8(b'\\xff')"), "1:1: utf8(): The bytes are not UTF-8");
  EXPECT_EQ(result_of("utf8(1)"), "1:1: utf8() takes bytes, found int");
}

TEST(ExpressionFunctions, ConvertToBytes) {
  EXPECT_EQ(result_of("bytes('ä')"), "b\"\\xc3\\xa4\"");
  EXPECT_EQ(result_of("bytes(b'a') == b'a'"), "true");
}

TEST(ExpressionFunctions, TellTypes) {
  EXPECT_EQ(result_of("type(1) == int && type('') == string && type(b'') == bytes"), "true");
  EXPECT_EQ(result_of("[type([]), type({}), type(null), type(true), type(int)]"),
            "[list, map, null_type, bool, type]");
  EXPECT_EQ(result_of("type(x)", {{"x", Value::opaque("Pointer")}}), "opaque");
  EXPECT_EQ(result_of("dyn([1])"), "[1]");
}

TEST(ExpressionFunctions, WriteAndReadHexadecimal) {
  EXPECT_EQ(result_of("hex(b'\\x01\\xff')"), "\"01ff\"");
  EXPECT_EQ(result_of("unhex('01FF') == b'\\x01\\xff'"), "true");
  EXPECT_EQ(result_of("unhex('1')"), "1:1: unhex(): The string is not hexadecimal");
}

// The first key of neo-go's internal/keytestcases.
TEST(ExpressionFunctions, CompareAccountsWithAddresses) {
  constexpr std::string_view kAddress = "NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i";
  const Value account = evaluate_text("hash160('NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i')").value();
  ASSERT_EQ(account.kind(), Kind::bytes);
  EXPECT_EQ(account.as_bytes().size(), 20U);
  const Variables variables = {{"from", account}};
  EXPECT_EQ(result_of("from == hash160('" + std::string(kAddress) + "')", variables), "true");
  EXPECT_EQ(result_of("address(from)", variables), "\"" + std::string(kAddress) + "\"");
  EXPECT_EQ(result_of("hash160('NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6j')"),
            "1:1: hash160(): The string is neither an address nor 0x and 40 digits");
  EXPECT_EQ(result_of("address(b'\\x00')"), "1:1: address(): An account has 20 bytes");
}

TEST(ExpressionFunctions, TurnPrintedHashesIntoTheirBytes) {
  EXPECT_EQ(result_of("hash160('0x0100000000000000000000000000000000000002')"),
            "b\"\\x02" + repeated("\\x00", 18) + "\\x01\"");
  EXPECT_EQ(result_of("size(hash256('0x" + repeated("ab", 32) + "'))"), "32");
  EXPECT_EQ(error_of("hash256('0x12')"), Code::expression_failed);
}

TEST(ExpressionFunctions, EachIsFoundByItsNameFormAndArguments) {
  for (const Function& function : functions()) {
    EXPECT_EQ(find_function(function.name, function.form, function.argument_count), &function);
    EXPECT_EQ(find_function(function.name, function.form, function.argument_count + 1), nullptr);
  }
}

TEST(ExpressionFunctions, EachStandsInTheDocument) {
  const char* source = std::getenv("NSL_SOURCE_DIR");
  std::ifstream file(std::string(source == nullptr ? "." : source) + "/docs/use/expressions.md");
  std::stringstream text;
  text << file.rdbuf();
  for (const Function& function : functions()) {
    const std::string call = std::string(function.name) + "(";
    EXPECT_NE(text.str().find(call), std::string::npos) << call;
  }
}

}  // namespace
}  // namespace nsl::expression
