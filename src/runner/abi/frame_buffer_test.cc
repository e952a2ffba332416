#include "runner/abi/frame_buffer.h"

#include <gtest/gtest.h>

using namespace nsl;
using namespace nsl::runner::abi;

namespace {

TEST(FrameReader, GivesTheSameFramesForEverySplit) {
  const std::string stream = frame_header(3) + "abc" + frame_header(0) + frame_header(1) + "z";
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    FrameReader reader(8);
    std::string seen;
    for (const auto& piece : {stream.substr(0, split), stream.substr(split)}) {
      reader.feed(as_bytes(piece));
      for (;;) {
        const auto body = reader.next();
        ASSERT_TRUE(body.has_value());
        if (!body->has_value()) break;
        seen += "<" + to_string(**body) + ">";
      }
    }
    EXPECT_EQ(seen, "<abc><><z>") << split;
    EXPECT_EQ(reader.pending(), 0U);
  }
}

TEST(FrameReader, RefusesALengthAboveItsMaximumBeforeTheBodyComes) {
  FrameReader reader(8);
  reader.feed(as_bytes(frame_header(9)));
  EXPECT_FALSE(reader.next().has_value());
}

TEST(OutBuffer, KeepsOrderOverPartialWrites) {
  OutBuffer out;
  out.put("hello ");
  out.put("world");
  std::string written;
  while (!out.is_empty()) {
    written += out.view().substr(0, 2);
    out.consume(std::min<std::size_t>(2, out.size()));
    if (written.size() == 4) out.put("!");
  }
  EXPECT_EQ(written, "hello world!");
}

}  // namespace
