include_guard(GLOBAL)
# nsl_runner_program(nsl-runner-js runner/main-js ENGINE runner/js LIBRARIES nsl_v8 SOURCES main.cc)
#
# A runner as a static-pie: no loader, no shared library, and a fork copies fewer mappings (measured:
# 0.06 against 0.15 ms). The archives are named one by one, because the targets' own link interfaces
# ask for the shared forms of protobuf, fmt and libseccomp.
find_library(NSL_PROTOBUF_ARCHIVE libprotobuf.a REQUIRED)
find_library(NSL_SECCOMP_ARCHIVE libseccomp.a REQUIRED)

# Debian ships libfmt as a shared library only.
add_library(nsl_fmt_archive STATIC ${CMAKE_SOURCE_DIR}/src/runner/program/fmt_archive.cc)

function(nsl_runner_program program folder)
  cmake_parse_arguments(ARG "" "ENGINE" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${program} ${ARG_SOURCES})
  nsl_common(${program} ${folder})
  target_include_directories(${program} SYSTEM PRIVATE ${NSL_GEN_DIR}/api_runner)
  set(archives)
  foreach(part ${ARG_ENGINE} runner/guest runner/program runner/supervisor runner/zygote runner/sandbox
      runner/posix runner/abi api/runner core/codec core/base fmt_archive)
    nsl_target_name(${part} target)
    list(APPEND archives $<TARGET_FILE:${target}>)
    add_dependencies(${program} ${target})
  endforeach()
  target_link_libraries(${program} PRIVATE ${archives} ${ARG_LIBRARIES} ${NSL_PROTOBUF_ARCHIVE} ${NSL_SECCOMP_ARCHIVE})
  target_link_options(${program} PRIVATE -static-pie)
  # The clock and the randomness of a run are its job's (runner/guest/run_clock.h).
  foreach(function gettimeofday clock_gettime time getrandom)
    target_link_options(${program} PRIVATE -Wl,--wrap=${function})
  endforeach()
  set_target_properties(${program} PROPERTIES LINK_DEPENDS_NO_SHARED ON)
endfunction()
