#include "runner/abi/abi.h"

#include <utility>

#include "core/codec/utf8.h"

namespace nsl::runner::abi {
namespace {

enum class FrameKind : std::uint8_t { job = 1, reply = 2, call = 16, log = 17, done = 18 };

class Writer {
 public:
  explicit Writer(FrameKind kind) : frame_(4, '\0') { put_u8(static_cast<std::uint8_t>(kind)); }

  void put_u8(std::uint8_t value) { frame_.push_back(static_cast<char>(value)); }
  void put_u32(std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
      frame_.push_back(static_cast<char>(value >> shift));
  }
  void put_u64(std::uint64_t value) {
    put_u32(static_cast<std::uint32_t>(value >> 32));
    put_u32(static_cast<std::uint32_t>(value));
  }
  void put_text(std::string_view text) {
    put_u32(static_cast<std::uint32_t>(text.size()));
    frame_.append(text);
  }
  std::string take() {
    const auto size = static_cast<std::uint32_t>(frame_.size() - 4);
    for (std::size_t i = 0; i < 4; ++i) frame_[i] = static_cast<char>(size >> (24 - 8 * i));
    return std::move(frame_);
  }

 private:
  std::string frame_;
};

// Every get_ after a failed one gives an empty value; is_whole() says whether all went well.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  std::uint8_t get_u8() {
    const ByteView field = take(1);
    return field.empty() ? std::uint8_t{0} : field[0];
  }
  std::uint32_t get_u32() {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(4)) value = value << 8 | byte;
    return value;
  }
  std::uint64_t get_u64() {
    const std::uint64_t high = get_u32();
    return high << 32 | get_u32();
  }
  std::string get_bytes(std::size_t bytes_max) {
    const std::uint32_t size = get_u32();
    if (size > bytes_max) is_good_ = false;
    return std::string(as_text(take(size)));
  }
  std::string get_text(std::size_t bytes_max) {
    std::string text = get_bytes(bytes_max);
    if (!codec::is_valid_utf8(text)) is_good_ = false;
    return text;
  }
  template <class Enum>
  Enum get_enum(Enum last) {
    const std::uint8_t value = get_u8();
    if (value > static_cast<std::uint8_t>(last)) is_good_ = false;
    return is_good_ ? static_cast<Enum>(value) : Enum{};
  }
  bool get_flag() {
    const std::uint8_t value = get_u8();
    if (value > 1) is_good_ = false;
    return value == 1;
  }
  std::uint32_t get_count(std::int64_t most) {
    const std::uint32_t count = get_u32();
    if (count > most) is_good_ = false;
    return is_good_ ? count : 0;
  }
  bool is_whole() const { return is_good_ && bytes_.empty(); }

 private:
  ByteView take(std::size_t count) {
    if (!is_good_ || bytes_.size() < count) {
      is_good_ = false;
      return {};
    }
    const ByteView field = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return field;
  }

  ByteView bytes_;
  bool is_good_ = true;
};

constexpr std::size_t kAnySize = std::size_t{1} << 31;

std::vector<SourceFile> get_files(Reader& reader) {
  std::vector<SourceFile> files(reader.get_count(limits::kFunctionFilesMax));
  for (SourceFile& file : files) {
    file.path = reader.get_text(kFileBytesMax);
    file.content = reader.get_bytes(kAnySize);
  }
  return files;
}

template <class Variant, class T>
Result<Variant> whole(const Reader& reader, T&& value) {
  if (!reader.is_whole())
    return fail(Code::runner_protocol, "Malformed frame between run and supervisor");
  return Variant(std::forward<T>(value));
}

}  // namespace

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<std::uint8_t>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

void copy_code(const Job& from, Job& to) {
  to.source = from.source;
  to.artifact = from.artifact;
  to.files = from.files;
  to.entry_file = from.entry_file;
}

std::string encode(const Job& job) {
  Writer writer(FrameKind::job);
  writer.put_u8(static_cast<std::uint8_t>(job.kind));
  writer.put_u64(job.memory_bytes);
  writer.put_u32(job.output_bytes);
  writer.put_u32(job.log_bytes);
  writer.put_text(job.entry_point);
  writer.put_text(job.source);
  writer.put_text(job.input);
  writer.put_text(job.context);
  writer.put_u64(job.time_ms);
  for (const std::uint64_t part : job.seed) writer.put_u64(part);
  writer.put_text(job.artifact);
  writer.put_u32(static_cast<std::uint32_t>(job.files.size()));
  for (const SourceFile& file : job.files) {
    writer.put_text(file.path);
    writer.put_text(file.content);
  }
  writer.put_text(job.entry_file);
  writer.put_u8(job.has_successor ? 1 : 0);
  return writer.take();
}

std::string encode(const Reply& reply) {
  Writer writer(FrameKind::reply);
  writer.put_u32(reply.call_id);
  writer.put_u64(reply.time_ms);
  writer.put_text(reply.code);
  writer.put_text(reply.value);
  return writer.take();
}

std::string encode(const Call& call) {
  Writer writer(FrameKind::call);
  writer.put_u32(call.call_id);
  writer.put_text(call.method);
  writer.put_text(call.arguments);
  return writer.take();
}

std::string encode(const LogText& log) {
  Writer writer(FrameKind::log);
  writer.put_u8(static_cast<std::uint8_t>(log.level));
  writer.put_text(log.text);
  return writer.take();
}

std::string encode(const Done& done) {
  Writer writer(FrameKind::done);
  writer.put_u8(static_cast<std::uint8_t>(done.status));
  writer.put_text(done.output);
  writer.put_text(utf8_prefix(done.message, kMessageBytesMax));
  writer.put_u32(done.line);
  writer.put_u32(done.column);
  writer.put_text(utf8_prefix(done.stack, kStackBytesMax));
  writer.put_text(done.artifact);
  writer.put_text(utf8_prefix(done.file, kFileBytesMax));
  return writer.take();
}

Result<ToRun> parse_to_run(ByteView body) {
  Reader reader(body);
  const std::uint8_t kind = reader.get_u8();
  if (kind == static_cast<std::uint8_t>(FrameKind::job)) {
    Job job;
    job.kind = reader.get_enum(RunKind::compile);
    job.memory_bytes = reader.get_u64();
    job.output_bytes = reader.get_u32();
    job.log_bytes = reader.get_u32();
    job.entry_point = reader.get_text(kAnySize);
    job.source = reader.get_text(kAnySize);
    job.input = reader.get_text(kAnySize);
    job.context = reader.get_text(kAnySize);
    job.time_ms = reader.get_u64();
    for (std::uint64_t& part : job.seed) part = reader.get_u64();
    job.artifact = reader.get_bytes(kAnySize);
    job.files = get_files(reader);
    job.entry_file = reader.get_text(kFileBytesMax);
    job.has_successor = reader.get_flag();
    return whole<ToRun>(reader, std::move(job));
  }
  if (kind == static_cast<std::uint8_t>(FrameKind::reply)) {
    Reply reply;
    reply.call_id = reader.get_u32();
    reply.time_ms = reader.get_u64();
    reply.code = reader.get_text(kAnySize);
    reply.value = reader.get_text(kAnySize);
    return whole<ToRun>(reader, std::move(reply));
  }
  return fail(Code::runner_protocol, "Unknown frame kind");
}

Result<FromRun> parse_from_run(ByteView body) {
  Reader reader(body);
  const std::uint8_t kind = reader.get_u8();
  if (kind == static_cast<std::uint8_t>(FrameKind::call)) {
    Call call;
    call.call_id = reader.get_u32();
    call.method = reader.get_text(kMethodBytesMax);
    call.arguments = reader.get_text(kAnySize);
    return whole<FromRun>(reader, std::move(call));
  }
  if (kind == static_cast<std::uint8_t>(FrameKind::log)) {
    LogText log;
    log.level = reader.get_enum(LogLevel::error);
    log.text = reader.get_text(kAnySize);
    return whole<FromRun>(reader, std::move(log));
  }
  if (kind == static_cast<std::uint8_t>(FrameKind::done)) {
    Done done;
    done.status = reader.get_enum(DoneStatus::output_invalid);
    done.output = reader.get_text(kAnySize);
    done.message = reader.get_text(kMessageBytesMax);
    done.line = reader.get_u32();
    done.column = reader.get_u32();
    done.stack = reader.get_text(kStackBytesMax);
    done.artifact = reader.get_bytes(kAnySize);
    done.file = reader.get_text(kFileBytesMax);
    return whole<FromRun>(reader, std::move(done));
  }
  return fail(Code::runner_protocol, "Unknown frame kind");
}

}  // namespace nsl::runner::abi
