// JSON text to Python values and back, strictly: what JSON cannot say is refused, not changed.
// Whole numbers have any size; keys are texts; NaN, sets, bytes, cycles and what is nested deeper
// than abi::kJsonDepthMax are errors that name the place.
#pragma once

#include <string>
#include <string_view>

#include "runner/python/object.h"

namespace nsl::runner::python {

// Empty, with a Python error set, when the text is not one JSON value.
Object from_json(std::string_view text);
// False, with a Python error set, when `value` has no JSON form; `what` begins the error's
// sentence.
bool to_json(PyObject* value, std::string_view what, std::string& text);

}  // namespace nsl::runner::python
