# Compilers, warnings, sanitizers and the launchers that refuse a forbidden include or link.
option(NSL_WERROR "Warnings are errors" OFF)
option(NSL_FUZZ "Build the fuzz targets (clang only)" OFF)
set(NSL_SANITIZE "" CACHE STRING "Value for -fsanitize=")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
# -O1 keeps the edit loop short; the product ships from the release preset at -O2.
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1")
set(CMAKE_C_FLAGS_DEV "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")

add_library(nsl_warnings INTERFACE)
target_compile_options(nsl_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wimplicit-fallthrough
  $<$<BOOL:${NSL_WERROR}>:-Werror>
  $<$<CXX_COMPILER_ID:GNU>:-Wuseless-cast>
  # What g++ 12 inlines at -O2 makes it see overruns and uninitialised reads in plain vector and
  # string code. The dev preset keeps these warnings, clang's presets have their sanitizers.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-array-bounds$<SEMICOLON>-Wno-maybe-uninitialized$<SEMICOLON>-Wno-stringop-overread>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)

add_compile_options(-fstack-protector-strong -fno-omit-frame-pointer)
add_compile_definitions(_FORTIFY_SOURCE=2)
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(NSL_SANITIZE)
  add_compile_options(-fsanitize=${NSL_SANITIZE} -fno-sanitize-recover=all -U_FORTIFY_SOURCE)
  add_link_options(-fsanitize=${NSL_SANITIZE})
endif()

find_program(NSL_MOLD mold)
if(NSL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_program(NSL_CCACHE ccache)
set(NSL_ZONE_GUARD ${CMAKE_SOURCE_DIR}/tools/zones/guard.py)
# The system interpreter first: version managers put slow shims of the same name on PATH.
find_program(NSL_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(NSL_PYTHON python3 REQUIRED)
set(CMAKE_CXX_COMPILER_LAUNCHER ${NSL_PYTHON} -S -E ${NSL_ZONE_GUARD} compile ${NSL_CCACHE})
set(CMAKE_CXX_LINKER_LAUNCHER ${NSL_PYTHON} -S -E ${NSL_ZONE_GUARD} link)

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(simdjson REQUIRED)
find_package(GTest REQUIRED)
