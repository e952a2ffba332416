#include "core/wire/frame.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/random.h"

namespace nsl::wire {
namespace {

Frame sample(std::uint64_t id) {
  Frame frame;
  frame.set_version(kFrameVersion);
  frame.set_id(id);
  frame.set_kind(Frame::REQUEST);
  frame.set_deadline_ms_left(1000);
  frame.set_service_type("nsl.v1.SecretService");
  frame.set_operation("Put");
  frame.mutable_trace()->set_request_id("req_1");
  frame.set_payload(std::string("\0\x01\xff", 3));
  return frame;
}

std::string must_encode(const Frame& frame) {
  auto bytes = encode_frame(frame);
  EXPECT_TRUE(bytes.has_value());
  return bytes.value_or("");
}

// The bytes of `body` behind a length that fits them.
std::string framed(std::string_view body) {
  std::string out;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(body.size() >> shift & 0xffU)));
  }
  return out.append(body);
}

Code refusal_of(std::string_view stream) {
  FrameReader reader;
  reader.feed(as_bytes(stream));
  const auto frame = reader.next();
  return frame.has_value() ? Code::internal : frame.error().code();
}

TEST(Frame, ReadsBackWhatWasEncodedInAnyPieces) {
  SeededRandom random(7);
  std::string stream;
  for (std::uint64_t id = 1; id <= 50; ++id) {
    Frame frame = sample(id);
    frame.set_payload(std::string(random.bytes<1>()[0] * 9U, 'x'));
    ASSERT_TRUE(append_frame(frame, stream).has_value());
  }
  for (int round = 0; round < 20; ++round) {
    FrameReader reader;
    std::uint64_t expected = 1;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random.bytes<1>()[0], stream.size() - at);
      reader.feed(as_bytes(std::string_view(stream).substr(at, size)));
      at += size;
      for (;;) {
        auto frame = reader.next();
        ASSERT_TRUE(frame.has_value());
        if (!frame->has_value()) break;
        EXPECT_EQ((*frame)->id(), expected++);
        EXPECT_EQ((*frame)->operation(), "Put");
      }
    }
    EXPECT_EQ(expected, 51U);
    EXPECT_EQ(reader.buffered(), 0U);
  }
}

TEST(Frame, WaitsForMoreBytesOfATruncatedFrame) {
  const std::string stream = must_encode(sample(1));
  for (std::size_t size = 0; size < stream.size(); ++size) {
    FrameReader reader;
    reader.feed(as_bytes(std::string_view(stream).substr(0, size)));
    const auto frame = reader.next();
    ASSERT_TRUE(frame.has_value());
    EXPECT_FALSE(frame->has_value());
  }
}

TEST(Frame, RefusesALengthOfZero) {
  EXPECT_EQ(refusal_of(std::string(4, '\0')), Code::malformed_frame);
}

TEST(Frame, RefusesALengthOverTheMaximumFromItsFourBytesAlone) {
  EXPECT_EQ(refusal_of("\xff\xff\xff\xff"), Code::frame_too_large);
  EXPECT_EQ(refusal_of(std::string("\x00\x10\x00\x01", 4)), Code::frame_too_large);
}

TEST(Frame, AcceptsALengthOfExactlyTheMaximum) {
  Frame frame = sample(1);
  frame.set_payload("");
  const auto room = static_cast<std::size_t>(limits::kFrameBytesMax) - frame.ByteSizeLong();
  frame.set_payload(std::string(room - 4, 'x'));  // 1 byte of tag and 3 of length.
  ASSERT_EQ(frame.ByteSizeLong(), static_cast<std::size_t>(limits::kFrameBytesMax));
  FrameReader reader;
  reader.feed(as_bytes(must_encode(frame)));
  const auto read = reader.next();
  ASSERT_TRUE(read.has_value() && read->has_value());
  frame.mutable_payload()->push_back('x');
  std::string out = "kept";
  EXPECT_EQ(append_frame(frame, out).error().code(), Code::frame_too_large);
  EXPECT_EQ(out, "kept");
}

TEST(Frame, RefusesBytesThatAreNoMessage) {
  EXPECT_EQ(refusal_of(framed("\xff\xff\xff")), Code::malformed_frame);
  EXPECT_EQ(refusal_of(framed(std::string_view("\x52\x7f", 2))), Code::malformed_frame);
}

TEST(Frame, RefusesAnotherVersion) {
  Frame frame = sample(1);
  for (const std::uint32_t version : {0U, 2U, 0xffffffffU}) {
    frame.set_version(version);
    EXPECT_EQ(refusal_of(framed(frame.SerializeAsString())), Code::unsupported_version);
  }
}

TEST(Frame, RefusesAnUnknownKind) {
  Frame frame = sample(1);
  for (const int kind : {0, 6, -1, 1 << 30}) {
    frame.set_kind(static_cast<Frame::Kind>(kind));
    EXPECT_EQ(refusal_of(framed(frame.SerializeAsString())), Code::malformed_frame);
  }
}

TEST(Frame, RefusesTheIdZero) {
  Frame frame = sample(1);
  frame.set_id(0);
  EXPECT_EQ(refusal_of(framed(frame.SerializeAsString())), Code::malformed_frame);
}

TEST(Frame, StaysRefusedAfterTheFirstError) {
  FrameReader reader;
  reader.feed(as_bytes(std::string_view("\0\0\0\0", 4)));
  EXPECT_FALSE(reader.next().has_value());
  reader.feed(as_bytes(must_encode(sample(1))));
  EXPECT_EQ(reader.buffered(), 0U);
  EXPECT_FALSE(reader.next().has_value());
}

TEST(Frame, CarriesCodeAndMessageOfAnErrorButNotItsDetail) {
  const auto wire = to_frame_error(Error(Code::not_found, "No such wallet", "private detail"));
  EXPECT_EQ(wire.SerializeAsString().find("private"), std::string::npos);
  const Error back = to_error(wire);
  EXPECT_EQ(back.code(), Code::not_found);
  EXPECT_EQ(back.message(), "No such wallet");
}

}  // namespace
}  // namespace nsl::wire
