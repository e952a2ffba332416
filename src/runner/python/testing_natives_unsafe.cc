#include "runner/python/testing_natives.h"

#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "runner/python/object.h"
#include "runner/testing/raw_calls.h"

namespace nsl::runner::python {
namespace {

// Where the bytes of a bytearray or a bytes lie; 0 for anything else.
long address_of(PyObject* value) {
  // SAFETY: the address is only handed to the kernel, while the object lives.
  if (PyByteArray_Check(value)) return reinterpret_cast<long>(PyByteArray_AS_STRING(value));
  if (PyBytes_Check(value)) return reinterpret_cast<long>(PyBytes_AS_STRING(value));
  return 0;
}

PyObject* take_address(PyObject*, PyObject* value) { return PyLong_FromLong(address_of(value)); }

// syscall(number, ...): numbers, texts and bytes, of which the kernel gets the address.
PyObject* make_syscall(PyObject*, PyObject* arguments) {
  std::array<long, 7> words{};
  // Texts live here while the call runs.
  std::array<std::string, 7> texts;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (static_cast<Py_ssize_t>(i) >= PyTuple_GET_SIZE(arguments)) break;
    PyObject* value = PyTuple_GET_ITEM(arguments, static_cast<Py_ssize_t>(i));
    if (PyUnicode_Check(value)) {
      texts[i] = to_text(value);
      words[i] = reinterpret_cast<long>(texts[i].c_str());
    } else if (PyLong_Check(value)) {
      words[i] = static_cast<long>(PyLong_AsUnsignedLongLongMask(value));
    } else {
      words[i] = address_of(value);
    }
  }
  return PyLong_FromLong(testing::make_syscall(words));
}

// fuzz(count, seed, left_out)
PyObject* fuzz(PyObject*, PyObject* arguments) {
  unsigned count = 0;
  unsigned seed = 0;
  PyObject* numbers = nullptr;
  if (PyArg_ParseTuple(arguments, "IIO!", &count, &seed, &PyList_Type, &numbers) == 0) {
    return nullptr;
  }
  std::vector<std::uint32_t> left_out;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(numbers); ++i) {
    left_out.push_back(
        static_cast<std::uint32_t>(PyLong_AsUnsignedLongMask(PyList_GET_ITEM(numbers, i))));
  }
  return PyLong_FromUnsignedLong(testing::fuzz_syscalls(count, seed, left_out));
}

PyObject* send_bytes(PyObject*, PyObject* value) {
  Py_buffer buffer;
  if (PyObject_GetBuffer(value, &buffer, PyBUF_SIMPLE) != 0) return nullptr;
  testing::send_on_run_socket(as_bytes(std::string_view(static_cast<const char*>(buffer.buf),
                                                        static_cast<std::size_t>(buffer.len))));
  PyBuffer_Release(&buffer);
  Py_RETURN_NONE;
}

PyObject* crash(PyObject*, PyObject*) { __builtin_trap(); }

PyObject* leave(PyObject*, PyObject* code) { ::_exit(static_cast<int>(PyLong_AsLong(code))); }

PyMethodDef natives[] = {
    {"syscall", make_syscall, METH_VARARGS, nullptr},
    {"address", take_address, METH_O, nullptr},
    {"fuzz", fuzz, METH_VARARGS, nullptr},
    {"send", send_bytes, METH_O, nullptr},
    {"crash", crash, METH_NOARGS, nullptr},
    {"exit", leave, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

bool install_testing_natives(const Builtins& builtins) {
  const Object module = Object::take(PyModule_New("__test"));
  return module && PyModule_AddFunctions(module.get(), natives) == 0 &&
         PyDict_SetItemString(builtins.dict, "__test", module.get()) == 0;
}

}  // namespace nsl::runner::python
