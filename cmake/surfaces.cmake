# What is built on top of the layers: the public C++ library, the command, the Python module, benchmarks, fuzzers.
foreach(surface include cli python bench fuzz)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${surface}/CMakeLists.txt)
    add_subdirectory(${surface})
  endif()
endforeach()
