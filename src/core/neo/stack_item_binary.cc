#include "core/base/limits.h"
#include "core/codec/byte_io.h"
#include "core/neo/stack_item.h"

namespace nsl::neo {
namespace {

// neo-project/neo ExecutionEngineLimits.MaxItemSize.
constexpr std::size_t kItemBytesMax = 131070;
// neo-project/neo-vm Map.MaxKeySize.
constexpr std::size_t kMapKeyBytesMax = 64;

std::unexpected<Error> too_large() {
  return fail(Code::limit_exceeded, "The stack item is too large or too deep");
}

class Encoder {
 public:
  Result<void> write(const StackItem& item, std::size_t depth) {
    if (depth > limits::kNeoStackDepthMax || ++count_ > limits::kNeoStackItemsMax) {
      return too_large();
    }
    writer_.write_u8(static_cast<std::uint8_t>(item.type()));
    switch (item.type()) {
      case StackItemType::any:
        return {};
      case StackItemType::boolean:
      case StackItemType::integer:
      case StackItemType::byte_string:
      case StackItemType::buffer:
        return write_primitive(item);
      case StackItemType::array:
      case StackItemType::structure:
        return write_list(item, depth);
      case StackItemType::map:
        return write_map(item, depth);
      case StackItemType::pointer:
      case StackItemType::interop:
        break;
    }
    return fail(Code::invalid_stack_item, "The item cannot leave the virtual machine");
  }

  Result<Bytes> take() {
    if (writer_.bytes().size() > kItemBytesMax) return too_large();
    return std::move(writer_).take();
  }

 private:
  Result<void> write_primitive(const StackItem& item) {
    NSL_TRY(const Bytes bytes, item.to_bytes());
    if (writer_.bytes().size() + bytes.size() > kItemBytesMax) return too_large();
    if (item.type() == StackItemType::boolean) {
      writer_.write_fixed(bytes);
    } else {
      writer_.write_var_bytes(bytes);
    }
    return {};
  }

  Result<void> write_list(const StackItem& item, std::size_t depth) {
    NSL_TRY(const auto& items, item.items());
    writer_.write_varint(items.get().size());
    for (const StackItem& each : items.get()) NSL_TRY_VOID(write(each, depth + 1));
    return {};
  }

  Result<void> write_map(const StackItem& item, std::size_t depth) {
    NSL_TRY(const auto& entries, item.entries());
    writer_.write_varint(entries.get().size());
    for (const auto& [key, value] : entries.get()) {
      NSL_TRY_VOID(check_map_key(key, {}));
      NSL_TRY_VOID(write(key, depth + 1));
      NSL_TRY_VOID(write(value, depth + 1));
    }
    return {};
  }

  codec::ByteWriter writer_;
  std::size_t count_ = 0;
};

class Decoder {
 public:
  explicit Decoder(ByteView bytes) : reader_(bytes) {}

  Result<StackItem> read(std::size_t depth) {
    if (depth > limits::kNeoStackDepthMax || ++count_ > limits::kNeoStackItemsMax) {
      return too_large();
    }
    NSL_TRY(const std::uint8_t type, reader_.read_u8());
    switch (static_cast<StackItemType>(type)) {
      case StackItemType::any:
        return StackItem();
      case StackItemType::boolean:
        return read_boolean();
      case StackItemType::integer:
        return read_integer();
      case StackItemType::byte_string: {
        NSL_TRY(const ByteView bytes, reader_.read_var_bytes(kItemBytesMax));
        return StackItem::byte_string(to_bytes(bytes));
      }
      case StackItemType::buffer: {
        NSL_TRY(const ByteView bytes, reader_.read_var_bytes(kItemBytesMax));
        return StackItem::buffer(to_bytes(bytes));
      }
      case StackItemType::array: {
        NSL_TRY(StackItem::List items, read_list(depth));
        return StackItem::array(std::move(items));
      }
      case StackItemType::structure: {
        NSL_TRY(StackItem::List items, read_list(depth));
        return StackItem::structure(std::move(items));
      }
      case StackItemType::map:
        return read_map(depth);
      case StackItemType::pointer:
      case StackItemType::interop:
        break;
    }
    return fail(Code::invalid_stack_item, "Unknown stack item type");
  }

  Result<void> expect_end() const { return reader_.expect_end(); }

 private:
  Result<StackItem> read_boolean() {
    NSL_TRY(const std::uint8_t value, reader_.read_u8());
    if (value > 1) return fail(Code::invalid_stack_item, "A boolean is 0 or 1");
    return StackItem::boolean(value == 1);
  }

  Result<StackItem> read_integer() {
    NSL_TRY(const ByteView bytes, reader_.read_var_bytes(Integer::kBytesMax));
    NSL_TRY(const Integer value, Integer::parse_little_endian(bytes));
    if (!equal(value.to_little_endian(), bytes)) {
      return fail(Code::invalid_stack_item, "The integer is longer than needed");
    }
    return StackItem::integer(value);
  }

  // Every item takes a byte at least, so a count above what is left is refused before allocation.
  Result<std::size_t> read_count() {
    NSL_TRY(const std::uint64_t count, reader_.read_varint(limits::kNeoStackItemsMax));
    if (count > reader_.remaining()) return fail(Code::truncated_input);
    return static_cast<std::size_t>(count);
  }

  Result<StackItem::List> read_list(std::size_t depth) {
    NSL_TRY(const std::size_t count, read_count());
    StackItem::List items;
    items.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      NSL_TRY(StackItem item, read(depth + 1));
      items.push_back(std::move(item));
    }
    return items;
  }

  Result<StackItem> read_map(std::size_t depth) {
    NSL_TRY(const std::size_t count, read_count());
    StackItem::Entries entries;
    for (std::size_t i = 0; i < count; ++i) {
      NSL_TRY(StackItem key, read(depth + 1));
      NSL_TRY_VOID(check_map_key(key, entries));
      NSL_TRY(StackItem value, read(depth + 1));
      entries.emplace_back(std::move(key), std::move(value));
    }
    return StackItem::map(std::move(entries));
  }

  codec::ByteReader reader_;
  std::size_t count_ = 0;
};

Result<void> check_limits(const StackItem& item, std::size_t depth, std::size_t& count) {
  if (depth > limits::kNeoStackDepthMax || ++count > limits::kNeoStackItemsMax) return too_large();
  if (const auto items = item.items(); items.has_value()) {
    for (const StackItem& each : items->get()) NSL_TRY_VOID(check_limits(each, depth + 1, count));
  }
  if (const auto entries = item.entries(); entries.has_value()) {
    for (const auto& [key, value] : entries->get()) {
      NSL_TRY_VOID(check_limits(key, depth + 1, count));
      NSL_TRY_VOID(check_limits(value, depth + 1, count));
    }
  }
  return {};
}

}  // namespace

Result<Bytes> serialize(const StackItem& item) {
  Encoder encoder;
  NSL_TRY_VOID(encoder.write(item, 1));
  return encoder.take();
}

Result<StackItem> parse_stack_item(ByteView bytes) {
  if (bytes.size() > kItemBytesMax) return too_large();
  Decoder decoder(bytes);
  NSL_TRY(StackItem item, decoder.read(1));
  NSL_TRY_VOID(decoder.expect_end());
  return item;
}

Result<void> check_map_key(const StackItem& key, const StackItem::Entries& others) {
  const bool is_primitive = key.type() == StackItemType::boolean ||
                            key.type() == StackItemType::integer ||
                            key.type() == StackItemType::byte_string;
  const Result<Bytes> bytes = is_primitive ? key.to_bytes() : Bytes(kMapKeyBytesMax + 1);
  if (!bytes.has_value() || bytes->size() > kMapKeyBytesMax) {
    return fail(Code::invalid_stack_item, "A map key is a primitive of at most 64 bytes");
  }
  for (const auto& entry : others) {
    if (entry.first == key) return fail(Code::invalid_stack_item, "A map key repeats");
  }
  return {};
}

Result<void> check_stack_item_limits(const StackItem& item) {
  std::size_t count = 0;
  return check_limits(item, 1, count);
}

}  // namespace nsl::neo
