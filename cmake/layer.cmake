# rushlight_layer(NAME DEPENDS layer... LINK library... TEST_DEPENDS layer...): the static library rushlight_NAME from src/NAME/**/*.cpp.
# Its headers are found as "NAME/file.h" through <build>/layers/NAME/NAME -> src/NAME, and only the layers that it names
# (and theirs) are on the include path: an include in the wrong direction does not compile.
# Files named *_test.cpp become one GoogleTest program a layer, rushlight_NAME_test, which may use the layers of TEST_DEPENDS too.
function(rushlight_layer name)
  cmake_parse_arguments(LAYER "" "" "DEPENDS;LINK;TEST_DEPENDS" ${ARGN})
  set(source_dir ${CMAKE_SOURCE_DIR}/src/${name})
  set(include_dir ${CMAKE_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${include_dir})
  file(CREATE_LINK ${source_dir} ${include_dir}/${name} SYMBOLIC)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${source_dir}/*.cpp)
  if(NOT RUSHLIGHT_ONEDNN)
    list(FILTER sources EXCLUDE REGEX "/onednn/")
  endif()
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  if(NOT sources)
    file(WRITE ${include_dir}/empty.cpp "")
    set(sources ${include_dir}/empty.cpp)
  endif()

  add_library(rushlight_${name} STATIC ${sources})
  target_include_directories(rushlight_${name} PUBLIC ${include_dir})
  list(TRANSFORM LAYER_DEPENDS PREPEND rushlight_)
  target_link_libraries(rushlight_${name} PUBLIC ${LAYER_DEPENDS} ${LAYER_LINK})

  if(RUSHLIGHT_TESTS AND tests)
    add_executable(rushlight_${name}_test ${tests})
    list(TRANSFORM LAYER_TEST_DEPENDS PREPEND rushlight_)
    target_link_libraries(rushlight_${name}_test PRIVATE rushlight_${name} ${LAYER_TEST_DEPENDS} GTest::gtest_main)
    target_compile_definitions(rushlight_${name}_test PRIVATE RUSHLIGHT_TEST_DIR="${CMAKE_SOURCE_DIR}/test")
    add_test(NAME ${name} COMMAND rushlight_${name}_test)
  endif()
endfunction()
