# One folder = one target. A folder's CMakeLists.txt names its sources, its neighbours and the
# third-party code it may use; everything else (include trees, warnings, tests, fuzz targets,
# benchmarks) is the same for every folder and lives here.
#
#   nsl_library(core/codec
#     SOURCES hex.cc cbor.cc          # compiled into the folder's static library
#     TESTS hex_test.cc cbor_test.cc  # one gtest binary per folder: core_codec_test
#     FUZZ cbor_fuzz.cc               # one libFuzzer binary per file (fuzz preset only)
#     BENCH codec_bench.cc            # one benchmark binary per folder
#     DEPENDS core/base               # other folders, by path
#     LIBRARIES OpenSSL::Crypto       # third-party targets, public to dependents
#     TEST_DEPENDS core/testing)      # folders only the tests need
#
#   nsl_program(nsl-enclave enclave/main SOURCES main.cc DEPENDS enclave/server ...)
include(GoogleTest)

set(NSL_GEN_DIR ${CMAKE_BINARY_DIR}/gen)

# The include trees: a target of zone Z sees zones/Z/, which holds links to src/core and src/Z only.
foreach(zone core enclave runner host client)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/zones/${zone} ${CMAKE_SOURCE_DIR}/src/${zone})
  foreach(seen core ${zone})
    file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${seen} ${CMAKE_BINARY_DIR}/zones/${zone}/${seen} SYMBOLIC)
  endforeach()
endforeach()

function(nsl_target_name folder out)
  string(REPLACE "/" "_" name "nsl_${folder}")
  set(${out} ${name} PARENT_SCOPE)
endfunction()

function(nsl_zone folder out)
  string(REGEX REPLACE "/.*" "" zone ${folder})
  set(${out} ${zone} PARENT_SCOPE)
endfunction()

function(nsl_common target folder)
  nsl_zone(${folder} zone)
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/zones/${zone})
  target_include_directories(${target} PRIVATE ${NSL_GEN_DIR}/base)
  target_link_libraries(${target} PRIVATE nsl_warnings)
endfunction()

function(nsl_link target visibility)
  foreach(folder ${ARGN})
    nsl_target_name(${folder} name)
    target_link_libraries(${target} ${visibility} ${name})
  endforeach()
endfunction()

function(nsl_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;FUZZ;BENCH;DEPENDS;LIBRARIES;TEST_DEPENDS;TEST_LIBRARIES" ${ARGN})
  nsl_target_name(${folder} name)
  string(REPLACE "/" "_" flat ${folder})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    nsl_common(${name} ${folder})
    nsl_link(${name} PUBLIC ${ARG_DEPENDS})
    target_link_libraries(${name} PUBLIC ${ARG_LIBRARIES})
  else()
    add_library(${name} INTERFACE)
    nsl_link(${name} INTERFACE ${ARG_DEPENDS})
    target_link_libraries(${name} INTERFACE ${ARG_LIBRARIES})
  endif()
  if(ARG_TESTS AND NOT NSL_FUZZ)
    add_executable(${flat}_test ${ARG_TESTS})
    nsl_common(${flat}_test ${folder})
    nsl_link(${flat}_test PRIVATE ${folder} ${ARG_DEPENDS} ${ARG_TEST_DEPENDS})
    target_link_libraries(${flat}_test PRIVATE ${ARG_TEST_LIBRARIES} GTest::gmock GTest::gtest GTest::gtest_main)
    set_target_properties(${flat}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${flat} COMMAND ${flat}_test)
    set_tests_properties(${flat} PROPERTIES LABELS unit TIMEOUT 300
      ENVIRONMENT "NSL_SOURCE_DIR=${CMAKE_SOURCE_DIR};NSL_BINARY_DIR=${CMAKE_BINARY_DIR}")
  endif()
  if(NSL_FUZZ)
    foreach(source ${ARG_FUZZ})
      string(REPLACE ".cc" "" fuzz_name ${source})
      add_executable(${flat}_${fuzz_name} ${source})
      nsl_common(${flat}_${fuzz_name} ${folder})
      nsl_link(${flat}_${fuzz_name} PRIVATE ${folder} ${ARG_DEPENDS} ${ARG_TEST_DEPENDS})
      target_link_options(${flat}_${fuzz_name} PRIVATE -fsanitize=fuzzer)
      set_target_properties(${flat}_${fuzz_name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    endforeach()
  endif()
  if(ARG_BENCH AND NOT NSL_SANITIZE)
    find_package(benchmark REQUIRED)
    add_executable(${flat}_bench ${ARG_BENCH})
    nsl_common(${flat}_bench ${folder})
    nsl_link(${flat}_bench PRIVATE ${folder} ${ARG_DEPENDS} ${ARG_TEST_DEPENDS})
    target_link_libraries(${flat}_bench PRIVATE benchmark::benchmark)
    set_target_properties(${flat}_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
  endif()
endfunction()

function(nsl_program program folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_executable(${program} ${ARG_SOURCES})
  nsl_common(${program} ${folder})
  nsl_link(${program} PRIVATE ${ARG_DEPENDS})
  target_link_libraries(${program} PRIVATE ${ARG_LIBRARIES})
  target_compile_definitions(${program} PRIVATE NSL_VERSION="${PROJECT_VERSION}")
endfunction()

# Generated headers of core/base: error codes and limits, one source of truth each.
function(nsl_generate_table input output generator)
  set(script ${CMAKE_SOURCE_DIR}/tools/codegen/${generator})
  add_custom_command(
    OUTPUT ${NSL_GEN_DIR}/base/${output}
    COMMAND ${NSL_PYTHON} ${script} ${CMAKE_SOURCE_DIR}/api/${input} ${NSL_GEN_DIR}/base/${output}
    DEPENDS ${script} ${CMAKE_SOURCE_DIR}/api/${input}
    COMMENT "Generating ${output} from api/${input}"
    VERBATIM)
endfunction()

# Protobuf: nsl_proto(v1 PROTOS nsl/v1/a.proto ...) makes target nsl_api_v1 whose include tree holds
# only that package, so that a zone sees only the contracts it is granted. <package>/all_files.h
# there gives the descriptors of all its files and the comments in them, so that nobody keeps a
# second list of either.
function(nsl_proto package)
  cmake_parse_arguments(ARG "" "" "PROTOS;DEPENDS" ${ARGN})
  set(out ${NSL_GEN_DIR}/api_${package})
  file(MAKE_DIRECTORY ${out})
  add_library(nsl_api_${package} STATIC)
  foreach(proto ${ARG_PROTOS})
    string(REPLACE ".proto" "" stem ${proto})
    set(outputs ${out}/${stem}.pb.cc ${out}/${stem}.pb.h ${out}/${stem}.service.h)
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND ${Protobuf_PROTOC_EXECUTABLE} --cpp_out=${out} --nsl_out=${out}
        --plugin=protoc-gen-nsl=$<TARGET_FILE:protoc-gen-nsl>
        -I ${CMAKE_SOURCE_DIR}/api ${CMAKE_SOURCE_DIR}/api/${proto}
      DEPENDS ${CMAKE_SOURCE_DIR}/api/${proto} protoc-gen-nsl
      COMMENT "Generating ${proto}"
      VERBATIM)
    target_sources(nsl_api_${package} PRIVATE ${outputs})
    get_filename_component(folder ${proto} DIRECTORY)
    get_filename_component(name ${proto} NAME_WE)
    string(REPLACE "/" "::" namespace ${folder})
    string(APPEND includes "#include \"${stem}.service.h\"\n")
    string(APPEND accessors "      ${name}_file(),\n")
    string(APPEND comments "      ${name}_comments(),\n")
  endforeach()
  set(all_files "std::vector<const google::protobuf::FileDescriptor*> all_files()")
  set(comment_of "std::string_view comment_of(std::string_view full_name)")
  file(CONFIGURE OUTPUT ${out}/${folder}/all_files.h CONTENT
    "// Generated by nsl_proto.\n#pragma once\n\n#include <google/protobuf/descriptor.h>\n\n#include <string_view>\n#include <vector>\n\nnamespace ${namespace} {\n\n// The descriptors of every file of the package.\n${all_files};\n\n// What the contract's comment says of a message, field or operation; empty when it says nothing.\n${comment_of};\n\n}  // namespace ${namespace}\n")
  file(CONFIGURE OUTPUT ${out}/${folder}/all_files.cc CONTENT
    "// Generated by nsl_proto.\n#include \"${folder}/all_files.h\"\n\n${includes}\nnamespace ${namespace} {\n\n${all_files} {\n  return {\n${accessors}  };\n}\n\n${comment_of} {\n  for (const auto& file : {\n${comments}  }) {\n    for (const auto& [name, comment] : file) {\n      if (name == full_name) return comment;\n    }\n  }\n  return {};\n}\n\n}  // namespace ${namespace}\n")
  target_sources(nsl_api_${package} PRIVATE ${out}/${folder}/all_files.cc)
  target_include_directories(nsl_api_${package} PRIVATE ${CMAKE_BINARY_DIR}/zones/core ${NSL_GEN_DIR}/base)
  target_include_directories(nsl_api_${package} SYSTEM PUBLIC ${out})
  target_link_libraries(nsl_api_${package} PUBLIC protobuf::libprotobuf nsl_core_base ${ARG_DEPENDS})
endfunction()
