# V8 as a static archive: target nsl_v8. Found through NSL_V8_ROOT (CMake variable or environment);
# the default is where `./dev setup` puts it. A git worktree uses its main checkout's copy.
set(nsl_v8_default ${CMAKE_SOURCE_DIR}/build/deps/v8)
if(DEFINED ENV{NSL_V8_ROOT})
  set(nsl_v8_default $ENV{NSL_V8_ROOT})
elseif(NOT EXISTS ${nsl_v8_default}/include/v8.h)
  execute_process(COMMAND git rev-parse --path-format=absolute --git-common-dir
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE nsl_git_dir
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  get_filename_component(nsl_main_checkout "${nsl_git_dir}" DIRECTORY)
  if(EXISTS "${nsl_main_checkout}/build/deps/v8/include/v8.h")
    set(nsl_v8_default ${nsl_main_checkout}/build/deps/v8)
  endif()
endif()
set(NSL_V8_ROOT ${nsl_v8_default} CACHE PATH "Folder with V8's include/ and lib/")
if(NOT EXISTS ${NSL_V8_ROOT}/include/v8.h)
  message(FATAL_ERROR "V8 is not in ${NSL_V8_ROOT}: run ./dev setup (or set NSL_V8_ROOT).")
endif()

# The defines are part of V8's ABI: the archive is built with pointer compression and the sandbox.
# SYSTEM, because V8's headers do not pass our warnings.
add_library(nsl_v8 INTERFACE)
target_include_directories(nsl_v8 SYSTEM INTERFACE ${NSL_V8_ROOT}/include)
target_compile_definitions(nsl_v8 INTERFACE
  V8_COMPRESS_POINTERS V8_31BIT_SMIS_ON_64BIT_ARCH V8_ENABLE_SANDBOX)
file(GLOB nsl_v8_archives ${NSL_V8_ROOT}/lib/*.a)
target_link_libraries(nsl_v8 INTERFACE
  -Wl,--start-group ${nsl_v8_archives} -Wl,--end-group ${CMAKE_DL_LIBS} Threads::Threads)
