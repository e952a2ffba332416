#include <charconv>

#include "runner/abi/json_text.h"
#include "runner/python/json.h"

namespace nsl::runner::python {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Object read_all() {
    Object value = read_value(0);
    if (!value) return {};
    skip_space();
    if (at_ != text_.size()) return refuse();
    return value;
  }

 private:
  // An error that is set already, such as a lack of memory, stays.
  Object refuse() const {
    if (PyErr_Occurred() == nullptr) {
      PyErr_Format(PyExc_ValueError, "Not JSON: at byte %zu", at_);
    }
    return {};
  }

  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Object read_value(std::size_t depth) {
    skip_space();
    if (depth > abi::kJsonDepthMax || at_ >= text_.size()) return refuse();
    switch (text_[at_]) {
      case '{':
        return read_object(depth);
      case '[':
        return read_array(depth);
      case '"':
        return read_string();
      case 't':
        return take("true") ? Object::share(Py_True) : refuse();
      case 'f':
        return take("false") ? Object::share(Py_False) : refuse();
      case 'n':
        return take("null") ? Object::share(Py_None) : refuse();
      default:
        return read_number();
    }
  }

  Object read_object(std::size_t depth) {
    Object object = Object::take(PyDict_New());
    ++at_;
    skip_space();
    if (!object || take('}')) return object;
    do {
      skip_space();
      if (at_ >= text_.size() || text_[at_] != '"') return refuse();
      Object key = read_string();
      if (!key) return {};
      // The keys of many objects of one list are the same few texts.
      PyObject* shared = key.release();
      PyUnicode_InternInPlace(&shared);
      key = Object::take(shared);
      skip_space();
      if (!take(':')) return refuse();
      const Object value = read_value(depth + 1);
      if (!value || PyDict_SetItem(object.get(), key.get(), value.get()) != 0) return refuse();
      skip_space();
    } while (take(','));
    return take('}') ? std::move(object) : refuse();
  }

  Object read_array(std::size_t depth) {
    Object array = Object::take(PyList_New(0));
    ++at_;
    skip_space();
    if (!array || take(']')) return array;
    do {
      const Object value = read_value(depth + 1);
      if (!value || PyList_Append(array.get(), value.get()) != 0) return refuse();
      skip_space();
    } while (take(','));
    return take(']') ? std::move(array) : refuse();
  }

  Object read_string() {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' && !is_control()) ++at_;
    if (at_ < text_.size() && text_[at_] == '"') {
      return to_unicode(text_.substr(begin, at_++ - begin));
    }
    std::string plain(text_.substr(begin, at_ - begin));
    while (at_ < text_.size() && text_[at_] != '"') {
      if (is_control()) return refuse();
      if (text_[at_] != '\\') {
        plain += text_[at_++];
      } else if (!read_escape(plain)) {
        return refuse();
      }
    }
    if (!take('"')) return refuse();
    return to_unicode(plain);
  }

  bool is_control() const { return static_cast<unsigned char>(text_[at_]) < 0x20; }

  static Object to_unicode(std::string_view utf8) {
    // Halves of surrogate pairs come from escapes only; Python's texts may hold them.
    return Object::take(
        PyUnicode_DecodeUTF8(utf8.data(), static_cast<Py_ssize_t>(utf8.size()), "surrogatepass"));
  }

  bool read_escape(std::string& plain) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (++at_ >= text_.size()) return false;
    const char letter = text_[at_++];
    if (letter != 'u') {
      const std::size_t place = kLetters.find(letter);
      if (place == kLetters.npos) return false;
      plain += kMeanings[place];
      return true;
    }
    std::uint32_t point = 0;
    if (!read_hex(point)) return false;
    std::uint32_t low = 0;
    const std::size_t back = at_;
    if (point >= 0xd800 && point < 0xdc00 && take("\\u") && read_hex(low) && low >= 0xdc00 &&
        low < 0xe000) {
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    } else {
      at_ = back;
    }
    append_utf8(point, plain);
    return true;
  }

  bool read_hex(std::uint32_t& point) {
    const std::string_view digits = text_.substr(at_, 4);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), point, 16);
    if (digits.size() != 4 || parsed.ptr != digits.data() + 4 || parsed.ec != std::errc()) {
      return false;
    }
    at_ += 4;
    return true;
  }

  static void append_utf8(std::uint32_t point, std::string& text) {
    const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
      put(0xc0 | point >> 6);
    } else if (point < 0x10000) {
      put(0xe0 | point >> 12);
      put(0x80 | (point >> 6 & 0x3f));
    } else {
      put(0xf0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3f));
      put(0x80 | (point >> 6 & 0x3f));
    }
    put(0x80 | (point & 0x3f));
  }

  std::size_t count_digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ - begin;
  }

  // RFC 8259, section 6.
  Object read_number() {
    const std::size_t begin = at_;
    take('-');
    const bool has_zero = at_ < text_.size() && text_[at_] == '0';
    const std::size_t whole = count_digits();
    if (whole == 0 || (has_zero && whole > 1)) return refuse();
    bool is_whole = true;
    if (take('.')) {
      is_whole = false;
      if (count_digits() == 0) return refuse();
    }
    if (take('e') || take('E')) {
      is_whole = false;
      if (!take('+')) take('-');
      if (count_digits() == 0) return refuse();
    }
    const std::string number(text_.substr(begin, at_ - begin));
    if (is_whole) return Object::take(PyLong_FromString(number.c_str(), nullptr, 10));
    const double value = PyOS_string_to_double(number.c_str(), nullptr, nullptr);
    if (value == -1.0 && PyErr_Occurred() != nullptr) return {};
    return Object::take(PyFloat_FromDouble(value));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Object from_json(std::string_view text) { return Reader(text).read_all(); }

}  // namespace nsl::runner::python
