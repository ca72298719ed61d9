# What is built on top of the layers: the public C++ library, the command, the Python module, benchmarks.
foreach(surface include cli python bench)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${surface}/CMakeLists.txt)
    add_subdirectory(${surface})
  endif()
endforeach()
