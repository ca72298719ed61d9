/// Standard headers that almost every source reads. They are compiled once and put before each source (option
/// RUSHLIGHT_PRECOMPILE), which takes a third off the build. Sources include what they use all the same: the sanitizer
/// presets build without this file.
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>
