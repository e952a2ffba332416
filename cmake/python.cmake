include_guard(GLOBAL)
# CPython as a static archive: target nsl_python. Debian's libpython3.11-dev holds two: the one
# named -pic is position independent, which a static-pie needs. The byte code of the library is
# made by the interpreter of the same version.
find_library(NSL_PYTHON_ARCHIVE libpython3.11-pic.a REQUIRED
  PATHS /usr/lib/python3.11/config-3.11-${CMAKE_LIBRARY_ARCHITECTURE} NO_DEFAULT_PATH)
# binascii takes its checksum from zlib.
find_library(NSL_ZLIB_ARCHIVE libz.a REQUIRED)
find_path(NSL_PYTHON_INCLUDE Python.h REQUIRED PATHS /usr/include/python3.11 NO_DEFAULT_PATH)
execute_process(COMMAND ${NSL_PYTHON} -c "import sys; print('%d.%d' % sys.version_info[:2])"
  OUTPUT_VARIABLE nsl_python_version OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT nsl_python_version STREQUAL "3.11")
  message(FATAL_ERROR "${NSL_PYTHON} is Python ${nsl_python_version}; the archive is of 3.11")
endif()

add_library(nsl_python INTERFACE)
target_include_directories(nsl_python SYSTEM INTERFACE ${NSL_PYTHON_INCLUDE})
target_link_libraries(nsl_python INTERFACE ${NSL_PYTHON_ARCHIVE} ${NSL_ZLIB_ARCHIVE} m)
