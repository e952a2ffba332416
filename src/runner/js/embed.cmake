# cmake -DINPUT=bootstrap.js -DOUTPUT=bootstrap.h -DNAME=kBootstrap -P embed.cmake: a text file as a
# C++ literal.
get_filename_component(name ${INPUT} NAME)
file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "// Generated from ${name}.
#pragma once

#include <string_view>

namespace nsl::runner::js {

inline constexpr char ${NAME}Text[] = R\"javascript(${text})javascript\";
// The compiler counts no characters of a long literal.
inline constexpr std::string_view ${NAME}{${NAME}Text, sizeof(${NAME}Text) - 1};

}  // namespace nsl::runner::js
")
