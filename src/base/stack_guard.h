/// Recursion over what a program or a file nests: an error instead of a crash when the thread's stack runs out.
#pragma once

namespace rushlight {

/// Call it where a function calls itself for a part of its input. LimitError when little of the stack is left.
void check_stack();

}  // namespace rushlight
