#include <cmath>

#include "runner/abi/json_text.h"
#include "runner/python/json.h"

namespace nsl::runner::python {
namespace {

class Writer {
 public:
  Writer(std::string_view what, std::string& text) : what_(what), text_(text) {}

  bool write(PyObject* value, std::size_t depth, PyObject* key) {
    if (value == Py_None) return put("null");
    if (value == Py_True) return put("true");
    if (value == Py_False) return put("false");
    if (PyUnicode_Check(value)) return write_text(value);
    if (PyLong_Check(value)) return write_repr(value, PyLong_Type);
    if (PyFloat_Check(value)) {
      if (!std::isfinite(PyFloat_AS_DOUBLE(value))) {
        return refuse(key, "%U holds %R%U, which JSON cannot say", value);
      }
      return write_repr(value, PyFloat_Type);
    }
    if (depth >= abi::kJsonDepthMax) {
      PyErr_SetString(PyExc_ValueError, (std::string(what_) + " is nested too deeply").c_str());
      return false;
    }
    if (PyDict_Check(value)) return write_object(value, depth);
    if (PyList_Check(value) || PyTuple_Check(value)) return write_array(value, depth, key);
    return refuse_type(value, key);
  }

 private:
  bool put(std::string_view piece) {
    text_ += piece;
    return true;
  }

  Object place(PyObject* key) const {
    return key == nullptr ? to_str("") : Object::take(PyUnicode_FromFormat(" at %R", key));
  }

  bool refuse(PyObject* key, const char* format, PyObject* value) const {
    const Object what = to_str(what_);
    const Object where = place(key);
    if (what && where) PyErr_Format(PyExc_TypeError, format, what.get(), value, where.get());
    return false;
  }

  bool refuse_type(PyObject* value, PyObject* key) const {
    const std::string name = Py_TYPE(value)->tp_name;
    const Object type = to_str(name);
    if (!type) return false;
    if (name == "HostCall" || name.ends_with(".HostCall") || name == "coroutine") {
      return refuse(key, "%U holds a %U%U that was not awaited", type.get());
    }
    if (name == "Decimal" || name.ends_with(".Decimal")) {
      return refuse(key, "%U holds a %U%U: say str(value)", type.get());
    }
    return refuse(key, "%U holds a %U%U, which JSON cannot say", type.get());
  }

  // As the plain type prints it: an enumeration's member is its number.
  bool write_repr(PyObject* value, const PyTypeObject& type) {
    const Object digits = Object::take(type.tp_repr(value));
    if (!digits) return false;
    return put(to_text(digits.get()));
  }

  bool write_text(PyObject* value) {
    text_ += '"';
    Py_ssize_t size = 0;
    const char* utf8 = PyUnicode_AsUTF8AndSize(value, &size);
    if (utf8 != nullptr) {
      for (const char byte : std::string_view(utf8, static_cast<std::size_t>(size))) {
        put_byte(byte);
      }
      return put("\"");
    }
    // A half of a surrogate pair: as an escape, which JSON has for it.
    PyErr_Clear();
    const Py_ssize_t count = PyUnicode_GetLength(value);
    for (Py_ssize_t i = 0; i < count; ++i) {
      const Py_UCS4 point = PyUnicode_ReadChar(value, i);
      if (point >= 0xd800 && point < 0xe000) {
        put_escape(point);
        continue;
      }
      const Object one = Object::take(PyUnicode_FromOrdinal(static_cast<int>(point)));
      if (!one) return false;
      for (const char byte : to_text(one.get())) put_byte(byte);
    }
    return put("\"");
  }

  void put_byte(char byte) {
    if (byte == '"' || byte == '\\') {
      text_ += '\\';
      text_ += byte;
    } else if (static_cast<unsigned char>(byte) >= 0x20) {
      text_ += byte;
    } else if (byte == '\n') {
      text_ += "\\n";
    } else {
      put_escape(static_cast<unsigned char>(byte));
    }
  }

  void put_escape(std::uint32_t point) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text_ += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) text_ += kDigits[point >> shift & 15];
  }

  bool write_object(PyObject* value, std::size_t depth) {
    // A copy: what a subclass of str or dict does meanwhile changes nothing here.
    const Object items = Object::take(PyMapping_Items(value));
    if (!items) return false;
    text_ += '{';
    const Py_ssize_t count = PyList_GET_SIZE(items.get());
    for (Py_ssize_t i = 0; i < count; ++i) {
      const Object pair = Object::share(PyList_GET_ITEM(items.get(), i));
      PyObject* key = PyTuple_Check(pair.get()) && PyTuple_GET_SIZE(pair.get()) == 2
                          ? PyTuple_GET_ITEM(pair.get(), 0)
                          : nullptr;
      if (key == nullptr || !PyUnicode_Check(key)) {
        return refuse(nullptr, "%U has the key %R%U, which is no text",
                      key == nullptr ? pair.get() : key);
      }
      if (i > 0) text_ += ',';
      if (!write_text(key)) return false;
      text_ += ':';
      if (!write(PyTuple_GET_ITEM(pair.get(), 1), depth + 1, key)) return false;
    }
    return put("}");
  }

  bool write_array(PyObject* value, std::size_t depth, PyObject* key) {
    const Object items = Object::take(PySequence_Tuple(value));
    if (!items) return false;
    text_ += '[';
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items.get()); ++i) {
      if (i > 0) text_ += ',';
      if (!write(PyTuple_GET_ITEM(items.get(), i), depth + 1, key)) return false;
    }
    return put("]");
  }

  std::string_view what_;
  std::string& text_;
};

}  // namespace

bool to_json(PyObject* value, std::string_view what, std::string& text) {
  return Writer(what, text).write(value, 0, nullptr);
}

}  // namespace nsl::runner::python
