# Everything that is derived from the operators' declarations in src/ops/*.cpp (see scripts/generate_ops.py):
#   <build>/generated/ops/functions/<family>.h, .cpp   one C++ function for each operator that the family declares
#   <build>/generated/ops/functions.h                  all of them
#   <build>/generated/ops/declare_all.cpp              calls declare_<family>() of every family
#   <build>/generated/api/include, src                 the same operators as functions and methods of the public C++ headers
function(rushlight_generate_ops)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  file(GLOB families CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/ops/*.cpp)
  list(FILTER families EXCLUDE REGEX "_test\\.cpp$")
  set(out ${CMAKE_BINARY_DIR}/generated/ops)
  set(api ${CMAKE_BINARY_DIR}/generated/api)
  set(generator ${CMAKE_SOURCE_DIR}/scripts/generate_ops.py)
  execute_process(COMMAND ${Python3_EXECUTABLE} ${generator} --sources ${families} --out ${out} --api ${api} --list
                  OUTPUT_VARIABLE generated OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" generated "${generated}")
  # The generator writes only what changed, so a new operator rebuilds its family and the users of that family's header.
  add_custom_command(OUTPUT ${out}/stamp BYPRODUCTS ${generated}
                     COMMAND ${Python3_EXECUTABLE} ${generator} --sources ${families} --out ${out} --api ${api}
                     COMMAND ${CMAKE_COMMAND} -E touch ${out}/stamp
                     DEPENDS ${families} ${generator} ${CMAKE_SOURCE_DIR}/scripts/generate_cpp_api.py COMMENT "Deriving functions from the operator declarations")
  add_custom_target(rushlight_generated_ops DEPENDS ${out}/stamp)
  set(generated_cpp ${generated})
  list(FILTER generated_cpp INCLUDE REGEX "/ops/.*\\.cpp$")
  target_sources(rushlight_ops PRIVATE ${generated_cpp})
  list(FILTER generated INCLUDE REGEX "/api/src/.*\\.cpp$")
  set_property(GLOBAL PROPERTY rushlight_api_sources ${generated})
  target_include_directories(rushlight_ops PUBLIC ${CMAKE_BINARY_DIR}/generated)
  foreach(layer ops autograd ir trace passes exec)
    add_dependencies(rushlight_${layer} rushlight_generated_ops)
  endforeach()
endfunction()
