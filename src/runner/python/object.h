// A counted reference to a Python object, and what to ask of one. Only one thread ever runs Python,
// so the counts need no lock and nothing here takes one.
#pragma once

// Sizes in formats are Py_ssize_t.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string>
#include <string_view>
#include <utility>

namespace nsl::runner::python {

class Object {
 public:
  Object() = default;
  // Takes over a reference that a call of Python's gave; null when the call failed.
  static Object take(PyObject* owned) { return Object(owned); }
  // One more reference to what somebody else holds.
  static Object share(PyObject* borrowed) {
    Py_XINCREF(borrowed);
    return Object(borrowed);
  }
  ~Object() { Py_XDECREF(object_); }
  Object(Object&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Object& operator=(Object&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }

  PyObject* get() const { return object_; }
  // For calls that take the reference over.
  PyObject* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  explicit Object(PyObject* object) : object_(object) {}
  PyObject* object_ = nullptr;
};

// The dict of what a function sees without an import, borrowed.
struct Builtins {
  PyObject* dict = nullptr;
};

inline Object to_str(std::string_view text) {
  return Object::take(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

// UTF-8; a half of a surrogate pair, which has none, becomes a question mark. Empty for what is no
// str.
inline std::string to_text(PyObject* object) {
  if (object == nullptr || !PyUnicode_Check(object)) return {};
  const Object bytes = Object::take(PyUnicode_AsEncodedString(object, "utf-8", "replace"));
  if (!bytes) {
    PyErr_Clear();
    return {};
  }
  return {PyBytes_AS_STRING(bytes.get()), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.get()))};
}

}  // namespace nsl::runner::python
