#include "ops/order.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "value/class_type.h"
#include "value/function.h"
#include "value/type_text.h"

namespace rushlight::ops {
namespace {

/// `__lt__(self, other: T) -> bool` of a class.
Function& less_method(const ClassType& cls) {
  Function* method = cls.find_method("__lt__");
  if (method) {
    const Schema& schema = method->schema();
    if (schema.arguments.size() == 2 && *schema.arguments[1].type == cls && schema.returns.size() == 1 &&
        schema.returns[0].type->is(TypeKind::bool_))
      return *method;
  }
  throw RuntimeError(cat("To sort a list of ", repr(cls), " it must define a __lt__ method with two inputs of type ",
                         repr(cls), " that returns a bool"));
}

void check_sortable(const TupleType& tuple) {
  for (const TypePtr& part : tuple.elements()) {
    switch (part->kind()) {
      case TypeKind::int_:
      case TypeKind::bool_:
      case TypeKind::float_:
      case TypeKind::string:
      case TypeKind::tensor:
        break;
      case TypeKind::tuple:
        check_sortable(part->expect<TupleType>());
        break;
      case TypeKind::class_:
        less_method(part->expect<ClassType>());
        break;
      default:
        throw RuntimeError(cat("Contained elements in ", tuple.str(),
                               " are not sortable. Only Int, Bool, Float, String, Tensor, a User Defined Class with "
                               "__lt__ method defined or Tuples of aforementioned types can be sorted."));
    }
  }
}

/// Tuples and objects are looked at before the first comparison, so that an error leaves the list as it was.
void check_sortable(const std::vector<IValue>& values) {
  if (values.empty() || !(values[0].is_tuple() || values[0].is_object())) return;
  const TypePtr first = values[0].type();
  for (const IValue& value : values)
    if (const TypePtr type = value.type(); !(*type == *first))
      throw RuntimeError(cat("Only values of same type can be compared. Found ", repr(*first), " and ", repr(*type)));
  if (first->is(TypeKind::tuple))
    check_sortable(first->expect<TupleType>());
  else
    less_method(first->expect<ClassType>());
}

/// A merge sort: it stays within its bounds whatever a program's `__lt__` answers.
template <class T, class Less>
void merge_sort(std::vector<T>& values, size_t begin, size_t end, std::vector<T>& scratch, const Less& less) {
  if (end - begin < 2) return;
  const size_t middle = begin + (end - begin) / 2;
  merge_sort(values, begin, middle, scratch, less);
  merge_sort(values, middle, end, scratch, less);
  scratch.clear();
  for (size_t left = begin, right = middle; left < middle || right < end;) {
    const bool take_right = right < end && (left == middle || less(values[right], values[left]));
    scratch.push_back(std::move(values[take_right ? right++ : left++]));
  }
  std::move(scratch.begin(), scratch.end(), values.begin() + ptrdiff_t(begin));
}

}  // namespace

bool is_less(const IValue& a, const IValue& b) {
  if (a.is_tuple() && b.is_tuple()) {
    const auto &x = a.tuple().elements, &y = b.tuple().elements;
    for (size_t i = 0; i < x.size() && i < y.size(); ++i) {
      if (is_less(x[i], y[i])) return true;
      if (is_less(y[i], x[i])) return false;
    }
    return x.size() < y.size();
  }
  if (a.is_string() && b.is_string()) return a.to_string() < b.to_string();
  if (a.is_object() && b.is_object()) return less_method(a.type()->expect<ClassType>()).call({a, b}).to_bool();
  if (a.is_float() || b.is_float()) {
    const double x = a.to_scalar().to<double>(), y = b.to_scalar().to<double>();
    // NaN stands behind everything.
    return x == x && (y != y || x < y);
  }
  if (a.is_int() || a.is_bool()) return a.to_scalar().to<int64_t>() < b.to_scalar().to<int64_t>();
  throw RuntimeError(cat("IValues of type: ", a.tag_name(), " are not comparable"));
}

namespace {
std::vector<IValue> elements_of(const ListObject& list) {
  std::vector<IValue> values;
  for (size_t i = 0; i < list.size(); ++i) values.push_back(list.get(i));
  return values;
}
}  // namespace

std::vector<size_t> sorted_places(const ListObject& keys, bool reverse) {
  const std::vector<IValue> values = elements_of(keys);
  check_sortable(values);
  std::vector<size_t> places(values.size()), scratch;
  std::iota(places.begin(), places.end(), size_t(0));
  merge_sort(places, 0, places.size(), scratch, [&](size_t a, size_t b) {
    return reverse ? is_less(values[b], values[a]) : is_less(values[a], values[b]);
  });
  return places;
}

size_t extreme_place(const ListObject& keys, bool greatest) {
  const std::vector<IValue> values = elements_of(keys);
  if (values.empty()) throw ValueError(cat(greatest ? "max" : "min", "() arg is an empty sequence"));
  check_sortable(values);
  size_t best = 0;
  for (size_t i = 1; i < values.size(); ++i)
    if (greatest ? is_less(values[best], values[i]) : is_less(values[i], values[best])) best = i;
  return best;
}

void list_sort(ListObject& list, bool reverse) {
  std::vector<IValue> values = elements_of(list), scratch;
  check_sortable(values);
  merge_sort(values, 0, values.size(), scratch,
             [&](const IValue& a, const IValue& b) { return reverse ? is_less(b, a) : is_less(a, b); });
  if (list.size() != values.size()) throw RuntimeError("the list was changed while it was sorted");
  for (size_t i = 0; i < values.size(); ++i) list.set(i, values[i]);
}

IValue list_sorted(ListObject& list) {
  Ref<ListObject> copy = list.copy();
  list_sort(*copy, false);
  return IValue(std::move(copy));
}

}  // namespace rushlight::ops
