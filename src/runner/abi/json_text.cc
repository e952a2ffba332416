#include "runner/abi/json_text.h"

#include <bitset>
#include <cstdint>

#include "core/codec/utf8.h"

namespace nsl::runner::abi {
namespace {

// The grammar of RFC 8259 as one loop with an explicit stack of one bit per level: hostile nesting
// costs no stack of ours.
class JsonChecker {
 public:
  explicit JsonChecker(std::string_view text) : text_(text) {}

  bool check() {
    skip_space();
    if (!open_values()) return false;
    while (depth_ > 0) {
      skip_space();
      if (at_end()) return false;
      const char next = text_[position_++];
      if (next == closer()) {
        --depth_;
        continue;
      }
      if (next != ',') return false;
      skip_space();
      if (in_object() && !key()) return false;
      if (!open_values()) return false;
    }
    skip_space();
    return at_end();
  }

 private:
  bool at_end() const { return position_ == text_.size(); }
  bool in_object() const { return is_object_[depth_ - 1]; }
  char closer() const { return in_object() ? '}' : ']'; }

  void skip_space() {
    while (!at_end()) {
      const char c = text_[position_];
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return;
      ++position_;
    }
  }

  bool take(char wanted) {
    if (at_end() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }

  // A scalar, an empty container, or the openings of nested containers down to a scalar or an
  // empty container.
  bool open_values() {
    for (;;) {
      const bool is_object = take('{');
      if (!is_object && !take('[')) return scalar();
      if (depth_ == kJsonDepthMax) return false;
      is_object_[depth_++] = is_object;
      skip_space();
      if (take(closer())) {
        --depth_;
        return true;
      }
      if (is_object && !key()) return false;
    }
  }

  bool key() {
    if (!string()) return false;
    skip_space();
    if (!take(':')) return false;
    skip_space();
    return true;
  }

  bool scalar() {
    if (at_end()) return false;
    const char c = text_[position_];
    if (c == '"') return string();
    if (c == 't') return word("true");
    if (c == 'f') return word("false");
    if (c == 'n') return word("null");
    return number();
  }

  bool word(std::string_view wanted) {
    if (text_.substr(position_, wanted.size()) != wanted) return false;
    position_ += wanted.size();
    return true;
  }

  bool digits() {
    const std::size_t start = position_;
    while (!at_end() && text_[position_] >= '0' && text_[position_] <= '9') ++position_;
    return position_ > start;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool string() {
    if (!take('"')) return false;
    while (!at_end()) {
      const auto c = static_cast<std::uint8_t>(text_[position_++]);
      if (c == '"') return true;
      if (c < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  bool escape() {
    if (at_end()) return false;
    const char c = text_[position_++];
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      if (at_end()) return false;
      const char digit = text_[position_++];
      const bool is_hex = (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') ||
                          (digit >= 'A' && digit <= 'F');
      if (!is_hex) return false;
    }
    return true;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t depth_ = 0;
  std::bitset<kJsonDepthMax> is_object_;
};

}  // namespace

bool is_json_text(std::string_view text) {
  return codec::is_valid_utf8(text) && JsonChecker(text).check();
}

}  // namespace nsl::runner::abi
