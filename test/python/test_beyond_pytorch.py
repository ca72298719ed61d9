"""What Rushlight compiles and PyTorch refuses: each construct does what CPython does with the same function."""
import copy
from typing import Any, Dict, List, Optional, Tuple, Union

import pytest

import rushlight as torch
from rushlight import Tensor

EPSILON = 1e-3
NAME = "abc"
PAIR = (1, 2.5)
NUMBERS = (int, float)
NUMBERS_OR_TEXT = (NUMBERS, str)


def check(fn, *arguments):
    """The compiled function gives what Python's gives."""
    expected = fn(*copy.deepcopy(arguments))
    result = torch.jit.script(fn)(*copy.deepcopy(arguments))
    if isinstance(expected, Tensor):
        assert torch.equal(expected, result)
    else:
        assert result == expected and type(result) is type(expected)


# ---- operators

def floor_divide_int(a: int, b: int):
    a //= b
    return a


def floor_divide_tensor(t: Tensor):
    t //= 2
    return t


def multiply_matrices(a: Tensor, b: Tensor):
    a @= b
    return a


def unary_plus(a: int, b: bool, c: float):
    return +a, +b, +c


def test_augmented_floor_division():
    for a, b in ((7, 2), (-7, 2), (7, -2)):
        check(floor_divide_int, a, b)
    check(floor_divide_tensor, torch.arange(-3, 6))


def test_augmented_matrix_product_makes_a_new_tensor():
    a, b = torch.eye(2), torch.ones(2, 2)
    check(multiply_matrices, a, b)
    torch.jit.script(multiply_matrices)(a, b)
    assert torch.equal(a, torch.eye(2))


def test_unary_plus():
    check(unary_plus, 3, True, -2.5)


@torch.jit.script
class Counter:
    def __init__(self, value: int):
        self.value = value

    def __ifloordiv__(self, by: int):
        self.value //= by
        return self

    def __ior__(self, bits: int):
        self.value |= bits
        return self


def augmented_methods(value: int):
    counter = Counter(value)
    counter //= 2
    counter |= 8
    return counter.value


def test_augmented_operators_of_classes():
    check(augmented_methods, 7)


# ---- comprehensions

def nested_comprehension(n: int):
    return [(i, j) for i in range(n) if i % 2 == 0 for j in range(i) if j != 1 if i + j > 3]


def dictionary_comprehension(n: int):
    return {i: j for i in range(n) for j in range(i) if (i + j) % 3 == 0}


def comprehension_over_tuple(n: int):
    return [i for t in ((1, 2), (3, 4)) for i in t if i > n]


def test_comprehensions():
    for n in (0, 1, 7):
        check(nested_comprehension, n)
        check(dictionary_comprehension, n)
        check(comprehension_over_tuple, n)


# ---- text

def formats(x: float, n: int, s: str, w: int):
    return (f"{x:.3f}|{n:>5}|{n:05d}|{s!r}|{x!r}|{s:^10}|{n=}|{x:{w}.2e}|{n:,}|{n:#x}|{x=:.2f}|{n:b} {{}}|{n!s:>8}|{x:+.1%}|{s:é<6}|{n:_}|{x:g}|{x:12}")


def test_formats_of_f_strings():
    for x, n, s in ((3.14159, 1234, "it's"), (-0.0, -7, ""), (1e22, 10 ** 12, "äöü"), (123456.0, 0, 'a"b\n')):
        check(formats, x, n, s, 12)


def repr_of_containers(a: List[str], d: Dict[str, float]):
    return f"{a!r} {d!r} {a=}"


def test_repr_of_containers():
    check(repr_of_containers, ["x", "y'"], {"k": 1.0, "z": 1e-9})


def format_tensor(t: Tensor):
    return f"{t:.2f}"


def test_a_tensor_of_one_element_is_formatted_as_its_number():
    check(format_tensor, torch.tensor(2.345))


def format_badly(n: int):
    return f"{n:.2q}"


def test_a_wrong_format_is_an_error():
    with pytest.raises(RuntimeError, match="Precision not allowed|Unknown format code"):
        torch.jit.script(format_badly)(3)


# ---- loops

def for_else(n: int):
    r = 0
    for i in range(n):
        if i == 3:
            r = 100
            break
        r += i
    else:
        r = -1
    return r


def while_else(n: int):
    i = 0
    while i < n:
        i += 1
        if i == 5:
            break
    else:
        return -i
    return i


def nested_else(n: int):
    found = [0]
    for i in range(n):
        for j in range(2, i):
            if i % j == 0:
                break
        else:
            found.append(i)
            continue
        if i > 20:
            break
    else:
        found.append(-1)
    return found


def else_without_break(n: int) -> int:
    for _ in range(n):
        pass
    else:
        return n


def test_else_of_loops():
    for n in (0, 2, 3, 8, 22):
        check(for_else, n)
        check(while_else, n)
        check(nested_else, n)
        check(else_without_break, n)


def assignment_expressions(values: List[int]):
    if (n := len(values)) > 2:
        return n
    total = 0
    while (k := len(values)) < 7:
        values.append(k)
        total += k
        if total > 1000:
            continue
    return n + total * 100 + k


def refined_by_assignment(x: Optional[int]):
    if (y := x) is not None:
        return y + 1
    return 0


def test_assignment_expressions():
    for values in ([], [1, 2], [1, 2, 3]):
        check(assignment_expressions, values)
    check(refined_by_assignment, 4)
    check(refined_by_assignment, None)


def assignment_in_comprehension(values: List[int]):
    return [y for x in values if (y := x) > 1]


def test_an_assignment_in_a_comprehension():
    check(assignment_in_comprehension, [1, 2, 3])


def declared(c: bool):
    x: Optional[int]
    if c:
        x = None
    else:
        x = 3
    return -1 if x is None else x


def test_declarations_without_a_value():
    check(declared, True)
    check(declared, False)


def declared_late(x: int):
    x: float
    return x


def test_a_declaration_behind_the_value_is_refused():
    with pytest.raises(RuntimeError, match="declared too late"):
        torch.jit.script(declared_late)


# ---- calls

def keyword_defaults(a: int, *, b: int = 3, c: float = 2.0):
    return a + b + c


def positional_only(a: int, b: int = 2, /, c: int = 3):
    return a + b * 10 + c * 100


def three(a: int, b: int = 5, c: int = 6):
    return a, b, c


def expansions(a: int):
    return three(1, **{"c": a}), three(**dict(a=a, b=2)), three(*(1, 2), **{"c": 3}), three(1, **{**{"b": a}, "c": 1})


def test_parameters_and_expansions():
    check(keyword_defaults, 1)
    assert torch.jit.script(keyword_defaults)(1, c=4.0) == 8.0
    check(positional_only, 1)
    check(expansions, 4)


def expansion_of_unknown_shape(d: Dict[str, int]):
    return three(**d)


def test_an_expansion_of_unknown_shape_is_refused_with_a_hint():
    with pytest.raises(torch.jit.frontend.NotSupportedError, match="keyword-arg expansion is not supported") as caught:
        torch.jit.script(expansion_of_unknown_shape)
    assert any("whose keys are literals" in note for note in caught.value.__notes__)


# ---- containers

def merged(a: Dict[str, int], b: Dict[str, int]):
    return {**a, "k": 5, **b}


def copied(a: Dict[int, float]):
    b = {**a}
    b[7] = 1.5
    return b


def test_dictionary_expansion():
    check(merged, {"a": 1}, {"b": 2, "k": 7})
    check(merged, {}, {})
    check(copied, {1: 0.5})


def slice_assignment(values: List[int], a: int, b: int, new: List[int]):
    values[a:b] = new
    values[:0] = [7]
    values[-1:] = []
    return values


def extended_slices(values: List[int]):
    values[::2] = [0] * len(values[::2])
    values[::-3] = values[::3]
    del values[1::2]
    return values


def augmented_slice(values: List[int]):
    values[1:2] += [5, 5]
    values[:2] *= 2
    return values


def delete_slice(values: List[str], a: int, b: int):
    del values[a:b]
    return values


def test_slices_of_lists_as_targets():
    for size in (0, 1, 6):
        values = list(range(size))
        for a, b in ((0, 0), (1, 3), (-2, 100), (4, 1), (-9, -1)):
            check(slice_assignment, values, a, b, [10, 11, 12])
            check(delete_slice, [str(v) for v in values], a, b)
        check(extended_slices, values)
        check(augmented_slice, values)


def wrong_size(values: List[int]):
    values[::2] = [1]
    return values


def test_a_slice_with_steps_keeps_its_size():
    values = [1, 2, 3, 4]
    with pytest.raises(RuntimeError, match="attempt to assign sequence of size 1 to extended slice of size 2"):
        torch.jit.script(wrong_size)(values)


# ---- names

def module_constants(x: float):
    return x + EPSILON + len(NAME) + PAIR[0] + PAIR[1]


def closure(k: int, label: str):
    def inner(x: int):
        return x * k, label
    return inner


def test_constants_of_the_module_and_the_closure():
    check(module_constants, 1.0)
    check(closure(3, "c"), 5)
    check(closure(4, "d"), 5)


def tuple_of_types(x: Union[int, float, str, List[int]]):
    if isinstance(x, NUMBERS_OR_TEXT):
        if isinstance(x, NUMBERS):
            return 1
        return 2
    return 3


def test_isinstance_of_a_named_tuple_of_types():
    for x in (1, 1.5, "a", [1]):
        check(tuple_of_types, x)


def noted(values: List[int]):
    """A call that shows how often it was made."""
    values.append(len(values))
    return (len(values), 2)


def star_of_a_call(values: List[int]):
    return three(*noted(values)), values


def set_of_a_call(values: List[int]):
    return set(noted(values)), values


def test_what_is_expanded_is_evaluated_once():
    check(star_of_a_call, [])
    check(set_of_a_call, [])


# ---- math

def test_functions_of_math_in_texts():
    unit = torch.jit.CompilationUnit("""
def numbers(a: List[int], x: List[float]):
    return math.sumprod(a, a), math.sumprod(x, a), math.hypot(3, 4.0), math.trunc(-2.5), math.log2(8)
def tensors(x: Tensor):
    return math.hypot(x, x)
""")
    assert unit.numbers([3, 4], [0.1, 0.2]) == (25, 1.1, 5.0, -2, 3.0)
    assert torch.equal(unit.tensors(torch.tensor([3.0])), torch.hypot(torch.tensor([3.0]), torch.tensor([3.0])))


@pytest.mark.parametrize("expression, text", [
    ("math.isqrt(-n)", "isqrt() argument must be nonnegative"), ("math.comb(n * 40, 40)", "comb() does not fit into 64 bits"),
    ("math.perm(n * 40)", "perm() does not fit into 64 bits"), ("math.lcm(9223372036854775807, n)", "lcm() does not fit into 64 bits"),
    ("math.log2(n - 2)", "math domain error"), ("math.exp2(n * 1000)", "math range error"), ("math.dist([n], [n, n])", "same number of dimensions"),
    ("math.trunc(1e300 * n)", "trunc() does not fit into 64 bits"), ("math.sumprod([1e300], [1.0, 1.0])", "Inputs are not the same length"),
    ("math.hypot(2j, n)", "must be real number, not complex"), ("math.isclose(n, 1, rel_tol=-1.0)", "tolerances must be non-negative")])
def test_functions_of_math_refuse_what_python_refuses(expression, text):
    unit = torch.jit.CompilationUnit(f"def f(n: int):\n    return {expression}\n")
    with pytest.raises(RuntimeError) as error:
        unit.f(2)
    assert text in str(error.value)


def test_a_context_may_be_left_early():
    """What the rest of a `with` body makes is known behind it, though a return, break or continue may skip that rest."""
    @torch.jit.script
    class Counted:
        def __init__(self, log: List[int]):
            self.log = log

        def __enter__(self):
            self.log.append(len(self.log))
            return len(self.log)

        def __exit__(self, kind: Any, value: Any, trace: Any):
            self.log.append(-1)

    def leaves(n: int):
        log: List[int] = []
        total = 0
        for i in range(n):
            with Counted(log) as depth:
                if i == 1:
                    continue
                if i == 3:
                    break
                found = depth * 100 + i
            total += found
        with Counted(log):
            if n == 1:
                return total, log
            last = total + 1
        return last, log

    compiled = torch.jit.script(leaves)
    assert compiled(1) == (100, [0, -1, 2, -1])
    assert compiled(3) == (603, [0, -1, 2, -1, 4, -1, 6, -1])
    assert compiled(9) == (603, [0, -1, 2, -1, 4, -1, 6, -1, 8, -1])


# ---- what operators and functions take

def repeat(s: str, n: int):
    return s * n, n * s


def merge_dictionaries(a: Dict[str, int], b: Dict[str, int]):
    c = a | b
    a |= b
    return c, a


def round_float(x: float, n: int):
    return round(x, n)


def round_int(x: int, n: int):
    return round(x, n)


def order_texts(a: str, b: str):
    return max(a, b), min(a, b)


def test_texts_are_repeated():
    for n in (-1, 0, 1, 3):
        check(repeat, "ab\u00e9", n)
    with pytest.raises(RuntimeError, match="repeated string is too long"):
        torch.jit.script(repeat)("ab", 2**62)


def test_dictionaries_are_merged():
    check(merge_dictionaries, {"a": 1, "b": 2}, {"b": 3, "c": 4})


@pytest.mark.parametrize("n", [-400, -21, -20, -19, -3, -2, -1, 0, 1, 2, 5, 20, 400])
def test_rounding_to_decimals_is_exact(n):
    compiled = torch.jit.script(round_float)
    for x in (2.675, 0.5, 1.5, 2.5, -2.675, 1e300, 123456.789, -5.0, 15.0, 25.0, 149.9, 150.0, 250.0, 250.5, 1e22, 999.5, 0.1, -0.04, float("inf")):
        assert repr(compiled(x, n)) == repr(round(x, n)), x
    compiled = torch.jit.script(round_int)
    for x in (0, 5, 15, 25, -5, -15, 149, 150, 151, 250, -250, 2**62, -2**62, -2**63):
        expected = round(x, n)
        if -2**63 <= expected < 2**63:
            assert compiled(x, n) == expected, x
        else:
            with pytest.raises(RuntimeError, match="does not fit"):
                compiled(x, n)


def test_texts_have_an_order_in_max_and_min():
    check(order_texts, "abc", "abd")
    check(order_texts, "b", "abd")


def raise_alone(x: int):
    if x > 2:
        raise
    return x


def test_raise_alone_says_that_there_is_nothing_to_raise():
    check(raise_alone, 1)
    with pytest.raises(torch.jit.Error, match="RuntimeError: No active exception to reraise"):
        torch.jit.script(raise_alone)(3)


# ---- displays take the type that is asked for

def nested_displays(x: int):
    rows: List[List[Optional[int]]] = [[x], [None, 2]]
    rows.append([])
    rows.append([x])
    groups: Dict[str, List[float]] = {"a": []}
    groups["b"] = []
    both: Tuple[List[float], Optional[Dict[int, List[str]]]] = ([], {1: []})
    return rows, groups, both


def of_optionals(a: List[Optional[int]], *, b: Dict[str, List[float]]):
    return len(a) + len(b)


def displays_as_arguments(x: int):
    return of_optionals([x], b={"a": []}) + of_optionals([None, x], b={})


def display_as_result(x: int) -> Tuple[List[Optional[int]], Dict[str, List[float]]]:
    return [x], {"a": []}


class Tables:
    def __init__(self):
        self.rows: List[Optional[int]] = [None]
        self.groups: Dict[str, List[float]] = {}

    def fill(self, x: int):
        self.rows = [x]
        self.groups = {"a": []}
        self.groups["a"].append(1.5)
        return self.rows, self.groups


def displays_for_attributes(x: int):
    return Tables().fill(x)


def test_displays_take_the_type_that_is_asked_for():
    for fn in (nested_displays, displays_as_arguments, display_as_result, displays_for_attributes):
        check(fn, 3)


def kept_type(x: int):
    row = [x]
    rows: List[List[Optional[int]]] = [row]
    return rows


def test_a_list_that_has_a_name_keeps_its_type():
    with pytest.raises(RuntimeError, match="did not match the types of the given list elements"):
        torch.jit.script(kept_type)


def chained(x: int):
    a: Dict[str, List[float]] = {}
    a["k"] = b = []
    return a, b


def test_a_display_with_several_targets_keeps_its_type():
    with pytest.raises(RuntimeError, match="_set_item"):
        torch.jit.script(chained)


def long_constant():
    return len("a" * 500_000_000 * 100)


def test_what_would_be_a_large_constant_is_left_to_the_run():
    assert str(torch.jit.script(long_constant).graph).count("rushlight::mul") == 2
