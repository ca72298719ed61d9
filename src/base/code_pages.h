#pragma once

namespace rushlight {

/// Maps all code of the library (or program) that this function is linked into, about a millisecond for 9 MB. Otherwise
/// the first run of each function waits for the kernel to map its pages, 7 us each time. Once a process; does nothing
/// where the system has no such request (Linux before 5.14, other systems).
void map_code_pages();

}  // namespace rushlight
