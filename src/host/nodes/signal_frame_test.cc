#include "host/nodes/signal_frame.h"

#include <gtest/gtest.h>

namespace nsl::host::nodes {
namespace {

// Frames of neo-go v0.122.0.
constexpr const char* kHeader =
    R"({"jsonrpc":"2.0","method":"header_of_added_block","params":[{"hash":"0x01","version":0,)"
    R"("index":345,"primary":0}]})";

TEST(SignalFrame, NamesTheNewBlock) {
  const auto frame = parse_signal_frame(kHeader).value();
  EXPECT_EQ(frame.kind, SignalFrame::Kind::block);
  EXPECT_EQ(frame.index, neo::BlockIndex(345));
}

TEST(SignalFrame, SaysThatNewsWereDropped) {
  EXPECT_EQ(parse_signal_frame(R"({"jsonrpc":"2.0","method":"event_missed","params":[]})")->kind,
            SignalFrame::Kind::missed);
}

TEST(SignalFrame, SaysWhetherThereWillBeNews) {
  EXPECT_EQ(parse_signal_frame(R"({"id":1,"jsonrpc":"2.0","result":"1"})")->kind,
            SignalFrame::Kind::subscribed);
  EXPECT_EQ(parse_signal_frame(R"({"id":1,"error":{"code":-32602,"message":"no"}})")->kind,
            SignalFrame::Kind::refused);
}

TEST(SignalFrame, RefusesAnythingElse) {
  for (const char* bad : {"", "[]", "{}", "7", R"({"method":"header_of_added_block"})",
                          R"({"method":7})", R"({"method":"header_of_added_block","params":[]})",
                          R"({"method":"header_of_added_block","params":[{"index":-1}]})",
                          R"({"method":"header_of_added_block","params":[{"index":4294967296}]})",
                          R"({"method":"transaction_added","params":[{"index":1}]})"}) {
    EXPECT_EQ(parse_signal_frame(bad).error().code(), Code::node_malformed_reply) << bad;
  }
}

}  // namespace
}  // namespace nsl::host::nodes
