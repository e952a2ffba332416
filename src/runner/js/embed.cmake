# cmake -DINPUT=bootstrap.js -DOUTPUT=bootstrap.h -P embed.cmake: a text file as a C++ literal.
file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "// Generated from bootstrap.js.
#pragma once

#include <string_view>

namespace nsl::runner::js {

inline constexpr std::string_view kBootstrap = R\"javascript(${text})javascript\";

}  // namespace nsl::runner::js
")
