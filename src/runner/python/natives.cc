#include "runner/python/natives.h"

#include <algorithm>
#include <string>

#include "core/base/limits.h"
#include "runner/guest/run_clock.h"
#include "runner/python/json.h"

namespace nsl::runner::python {
namespace {

// The host of this process: Python's functions carry no state of ours, and a run is one process.
guest::Host* current_host = nullptr;

PyObject* refuse(PyObject* kind, const std::string& message) {
  PyErr_SetString(kind, message.c_str());
  return nullptr;
}

// call(method, arguments) -> the call's number
PyObject* call(PyObject*, PyObject* arguments) {
  PyObject* method = nullptr;
  PyObject* text = nullptr;
  if (PyArg_ParseTuple(arguments, "UU", &method, &text) == 0) return nullptr;
  if (current_host == nullptr) return refuse(PyExc_RuntimeError, "There is no host");
  std::string json = to_text(text);
  if (json.size() > static_cast<std::size_t>(limits::kHostCallBytesMax)) {
    return refuse(PyExc_ValueError,
                  "A host call may carry " + std::to_string(limits::kHostCallBytesMax) + " bytes");
  }
  return PyLong_FromUnsignedLong(current_host->call(to_text(method), std::move(json)));
}

// receive() -> (number, code, value) of the next reply; None when none is awaited
PyObject* receive(PyObject*, PyObject*) {
  if (current_host == nullptr || !current_host->has_calls_open()) Py_RETURN_NONE;
  const abi::Reply reply = current_host->receive_reply();
  Object code = to_str(reply.code);
  Object value = to_str(reply.value);
  if (!code || !value) return nullptr;
  return Py_BuildValue("INN", reply.call_id, code.release(), value.release());
}

// move_clock(ms): to a time since 1970 that a sleep has reached
PyObject* move_clock(PyObject*, PyObject* ms) {
  const unsigned long long time_ms = PyLong_AsUnsignedLongLong(ms);
  if (PyErr_Occurred() != nullptr) return nullptr;
  if (current_host != nullptr) guest::RunClock::move_to(time_ms);
  Py_RETURN_NONE;
}

PyObject* has_calls_open(PyObject*, PyObject*) {
  return PyBool_FromLong(current_host != nullptr && current_host->has_calls_open() ? 1 : 0);
}

// log(level, text)
PyObject* log(PyObject*, PyObject* arguments) {
  unsigned level = 0;
  PyObject* text = nullptr;
  if (PyArg_ParseTuple(arguments, "IU", &level, &text) == 0) return nullptr;
  if (current_host != nullptr) {
    current_host->log(static_cast<abi::LogLevel>(std::min(level, 3U)), to_text(text));
  }
  Py_RETURN_NONE;
}

PyObject* is_log_full(PyObject*, PyObject*) {
  return PyBool_FromLong(current_host == nullptr || current_host->is_log_full() ? 1 : 0);
}

// from_json(text) -> value
PyObject* read_json(PyObject*, PyObject* text) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(text, &size);
  if (utf8 == nullptr) return nullptr;
  return from_json({utf8, static_cast<std::size_t>(size)}).release();
}

// to_json(value, what) -> text
PyObject* write_json(PyObject*, PyObject* arguments) {
  PyObject* value = nullptr;
  PyObject* what = nullptr;
  if (PyArg_ParseTuple(arguments, "OU", &value, &what) == 0) return nullptr;
  std::string text;
  if (!to_json(value, to_text(what), text)) return nullptr;
  return to_str(text).release();
}

PyMethodDef natives[] = {
    {"call", call, METH_VARARGS, nullptr},
    {"receive", receive, METH_NOARGS, nullptr},
    {"move_clock", move_clock, METH_O, nullptr},
    {"has_calls_open", has_calls_open, METH_NOARGS, nullptr},
    {"log", log, METH_VARARGS, nullptr},
    {"is_log_full", is_log_full, METH_NOARGS, nullptr},
    {"from_json", read_json, METH_O, nullptr},
    {"to_json", write_json, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyObject* copy_context(PyObject*, PyObject*) { return PyContext_CopyCurrent(); }

PyMethodDef context_functions[] = {
    {"copy_context", copy_context, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef natives_module = {.m_base = PyModuleDef_HEAD_INIT,
                              .m_name = "_nsl",
                              .m_doc = nullptr,
                              .m_size = -1,
                              .m_methods = natives,
                              .m_slots = nullptr,
                              .m_traverse = nullptr,
                              .m_clear = nullptr,
                              .m_free = nullptr};

PyModuleDef context_module = {.m_base = PyModuleDef_HEAD_INIT,
                              .m_name = "_contextvars",
                              .m_doc = nullptr,
                              .m_size = -1,
                              .m_methods = context_functions,
                              .m_slots = nullptr,
                              .m_traverse = nullptr,
                              .m_clear = nullptr,
                              .m_free = nullptr};

}  // namespace

PyObject* make_natives_module() {
  Object module = Object::take(PyModule_Create(&natives_module));
  const bool is_made =
      module && PyModule_AddIntConstant(module.get(), "timers_max", limits::kRunTimersMax) == 0;
  return is_made ? module.release() : nullptr;
}

PyObject* make_context_variables_module() {
  Object module = Object::take(PyModule_Create(&context_module));
  if (!module) return nullptr;
  for (PyTypeObject* type : {&PyContext_Type, &PyContextVar_Type, &PyContextToken_Type}) {
    if (PyModule_AddType(module.get(), type) != 0) return nullptr;
  }
  return module.release();
}

void set_host(guest::Host* host) { current_host = host; }

}  // namespace nsl::runner::python
