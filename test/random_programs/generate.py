"""Random functions in the language, for comparison with PyTorch: generate.py SEED COUNT prints a Python file of them.

Each takes the same arguments, has variables of many types, and ends; its expressions are drawn from TEMPLATES. Where PyTorch is known to
fail (docs/differences.md), nothing is drawn: changes of what a loop may have replaced, lists times negative numbers, lists added to
themselves, `%` of integers by 0.
"""
import random
import re
import sys

PARAMETERS = {"a": "int", "b": "float", "c": "bool", "s": "str", "t": "Tensor", "l": "List[int]", "o": "Optional[int]"}
RESULTS = ("int", "float", "bool", "str", "Tensor", "List[int]", "List[str]", "Dict[str, int]", "Tuple[int, float]", "Optional[int]", "Optional[Tensor]")
LEAVES = {"int": ("-3", "0", "1", "7"), "float": ("0.5", "2.0", "1e-3", "-1.5"), "bool": ("True", "False"), "str": ("'a'", "'bc'", "''"),
          "Tensor": ("torch.ones(2)",), "List[int]": ("[1, 2]",), "List[str]": ("['q']",), "Dict[str, int]": ("{'k': 1}",),
          "Tuple[int, float]": ("(1, 2.0)",), "Optional[int]": ("None",), "Optional[Tensor]": ("None",)}
# `<T>` stands for an expression of type T.
TEMPLATES = {
    "int": """<int> + <int>|<int> - <int>|<int> * <int>|<int> // <int>|<int> % 3|-<int>|~<int>|<int> & <int>|<int> ^ <int>|<int> << 2|<int> >> 1|
        abs(<int>)|min(<int>, <int>)|max(<int>, <int>)|<int> if <bool> else <int>|int(<float>)|int(<bool>)|int(<Tensor>.sum())|ord('a')|
        len(<List[int]>)|len(<str>)|len(<Dict[str, int]>)|sum(<List[int]>)|<List[int]>[<int>]|<List[int]>.index(<int>)|<List[int]>.count(<int>)|
        <Dict[str, int]>[<str>]|<Tuple[int, float]>[0]|<str>.find(<str>)|<Tensor>.size(0)|<Tensor>.dim()|<Tensor>.shape[-1]|<Tensor>.numel()""",
    "float": """<float> + <float>|<float> - <int>|<float> * <float>|<int> * <float>|<int> / <int>|<float> / <float>|<float> // <float>|<float> % <float>|
        <float> ** 2|-<float>|float(<int>)|float(<Tensor>.mean())|max(<float>, <float>)|<float> if <bool> else <float>|<Tuple[int, float]>[1]|
        math.sqrt(abs(<float>))|math.exp(-abs(<float>))|math.floor(<float>) + <float>|math.pi * <float>|round(<float>)""",
    "bool": """<int> < <int>|<int> == <int>|<int> < <int> < <int>|<float> >= <float>|<float> != <int>|not <bool>|<bool> and <bool>|<bool> or <bool>|
        <bool> == <bool>|<bool> if <bool> else <bool>|bool(<int>)|<str> == <str>|<str> in <str>|<str>.startswith(<str>)|<str> in <Dict[str, int]>|
        <str> not in <List[str]>|<int> in <List[int]>|<List[int]> == <List[int]>|<Optional[int]> is None|<Optional[int]> is not None|
        <Optional[Tensor]> is None|isinstance(<Optional[int]>, int)|bool(<Tensor>.sum() > <float>)|bool((<Tensor> > <Tensor>).any())""",
    "str": """<str> + <str>|<str> if <bool> else <str>|str(<int>)|str(<float>)|<str>.upper()|<str>.strip()|<str>.replace('a', <str>)|<str>[0:<int>]|<str>[1:]|
        <str>[::2]|<List[str]>[0]|','.join(<List[str]>)|'x%d' % <int>|'{}-{}'.format(<int>, <str>)|f'{a}/{s}'""",
    "Tensor": """<Tensor> + <Tensor>|<Tensor> * <float>|<float> * <Tensor>|<float> / <Tensor>|<Tensor> - <int>|<Tensor> ** 2|-<Tensor>|<Tensor> if <bool> else <Tensor>|
        <Tensor>.relu()|<Tensor>.sum()|<Tensor>.clamp(min=<float>)|<Tensor>.view(-1)|<Tensor>.unsqueeze(0).squeeze()|<Tensor>.to(torch.float64).float()|
        <Tensor>[0]|<Tensor>[<int>:]|<Tensor>[None]|<Tensor>[..., 0]|torch.sin(<Tensor>)|torch.zeros_like(<Tensor>)|torch.full([2], <float>)|torch.tensor(<float>)|
        torch.tensor(<List[int]>).float()|torch.stack([<Tensor>.sum(), <Tensor>.mean()])|torch.cat([<Tensor>.view(-1), <Tensor>.view(-1)])|
        torch.where(<Tensor> > <float>, <Tensor>, <Tensor>)|torch.max(<Tensor>.view(-1), dim=0)[0]""",
    "List[int]": """[<int>, <int>]|<List[int]> + <List[int]>|<List[int]> if <bool> else <List[int]>|<List[int]>[<int>:<int>]|<List[int]>[::-1]|<List[int]>.copy()|
        sorted(<List[int]>)|list(range(<int>))|[_i * <int> for _i in <List[int]>]|[_k + 1 for _k in range(<int>)]|list(<Dict[str, int]>.values())|
        [_a for _a, _b in zip(<List[int]>, <List[int]>)]|[<int>] * 2""",
    "List[str]": "[<str>, <str>]|<str>.split('a')|list(<Dict[str, int]>.keys())|[str(_j) for _j in <List[int]>]",
    "Dict[str, int]": "{'k': <int>}|{<str>: <int>, 'z': <int>}|{_s: len(_s) for _s in <List[str]>}",
    "Tuple[int, float]": "(<int>, <float>)",
    "Optional[int]": "None|<int>",
    "Optional[Tensor]": "None|<Tensor>",
}
TEMPLATES = {kind: [" ".join(text.split()) for text in texts.split("|")] for kind, texts in TEMPLATES.items()}
AUGMENTED = {"int": ("+=", "-=", "*="), "float": ("+=", "*=", "/="), "str": ("+=",), "Tensor": ("+=", "-=", "*="), "List[int]": ("+=",)}
# Statements that change what a variable holds: its type and the form.
CHANGES = (("List[int]", "{}.append(<int>)"), ("List[int]", "{}.extend([<int>, <int>])"), ("List[int]", "{}.insert(0, <int>)"), ("List[int]", "{}[0] = <int>"),
           ("Dict[str, int]", "{}[<str>] = <int>"), ("Dict[str, int]", "{}['k'] += <int>"), ("Dict[str, int]", "del {}['k']"),
           ("Tensor", "{}.view(-1)[0] = <float>"), ("Tensor", "{}.view(-1)[-1] *= <float>"), ("Tensor", "{}.view(-1)[0:1] += <float>"))
MOST_NESTED_EXPRESSIONS, MOST_NESTED_BLOCKS, MOST_NESTED_LOOPS = 3, 3, 2


class Function:
    """One random function; `lines` is its text."""

    def __init__(self, source, name):
        self.random = source
        self.lines = []
        self.variables_made = 0
        self.may_be_replaced = set()  # assigned in a loop: PyTorch drops changes of them behind it
        result = source.choice(RESULTS)
        self.result = result
        self.line(0, f"def {name}({', '.join(f'{key}: {kind}' for key, kind in PARAMETERS.items())}) -> {result}:")
        scope = dict(PARAMETERS)
        self.block(1, scope, loops=0, statements=source.randint(3, 7))
        self.line(1, f"return {self.expression(result, scope)}")

    def line(self, depth, text):
        self.lines.append("    " * depth + text)

    def new_name(self):
        self.variables_made += 1
        return f"v{self.variables_made}"

    # Expressions

    def expression(self, kind, scope, depth=0):
        known = [name for name, of in scope.items() if of == kind]
        if known and (depth > 2 or self.random.random() < 0.45):
            return self.random.choice(known)
        if depth > MOST_NESTED_EXPRESSIONS:
            return self.random.choice(LEAVES[kind])
        return self.fill(self.random.choice(TEMPLATES[kind]), scope, depth)

    def fill(self, template, scope, depth=0):
        """The template with an expression for each `<T>`; in brackets unless it is a name or a number."""
        def part(found):
            text = self.expression(found[1], scope, depth + 1)
            return text if re.fullmatch(r"\w+", text) else f"({text})"
        return re.sub(r"<([A-Z][\w\[\], ]*|int|float|bool|str)>", part, template)

    # Statements

    def block(self, depth, scope, loops, statements=None):
        for _ in range(statements or self.random.randint(1, 4)):
            kinds, weights = zip((self.assignment, 32), (self.augmented, 10), (self.change, 6), (self.effect, 2), (self.condition, 20),
                                 (self.loop, 15), (self.leave, 8))
            statement = self.random.choices(kinds, weights)[0]
            if statement(depth, scope, loops):
                break
        if self.lines[-1].endswith(":"):
            self.line(depth, "pass")

    def assigned(self, name, kind, scope, loops):
        scope[name] = kind
        if loops:
            self.may_be_replaced.add(name)

    def assignment(self, depth, scope, loops):
        kind = self.random.choice(RESULTS)
        known = [name for name, of in scope.items() if of == kind]
        name = self.random.choice([*known, None]) or self.new_name()
        hint = f": {kind}" if name not in scope and kind.startswith("Optional") else ""
        self.line(depth, f"{name}{hint} = {self.expression(kind, scope)}")
        self.assigned(name, kind, scope, loops)

    def augmented(self, depth, scope, loops):
        kind = self.random.choice(sorted(AUGMENTED))
        known = self.changeable(kind, scope, loops)
        if known:
            value = {"Tensor": "<float>", "List[int]": "[<int>]"}.get(kind, f"<{kind}>")
            self.line(depth, self.fill(f"{self.random.choice(known)} {self.random.choice(AUGMENTED[kind])} {value}", scope))

    def changeable(self, kind, scope, loops):
        return [name for name, of in scope.items() if of == kind and (kind in ("int", "float", "str") or not loops and name not in self.may_be_replaced)]

    def change(self, depth, scope, loops):
        kind, form = self.random.choice(CHANGES)
        known = self.changeable(kind, scope, loops)
        if known:
            self.line(depth, self.fill(form, scope).replace("{}", self.random.choice(known), 1))

    def effect(self, depth, scope, loops):
        self.line(depth, self.fill(self.random.choice(("print(<int>, <str>)", "assert <bool>, 'no ' + <str>")), scope))

    def condition(self, depth, scope, loops):
        if depth > MOST_NESTED_BLOCKS:
            return
        then = dict(scope)
        optional = [name for name, of in scope.items() if of.startswith("Optional")]
        if optional and self.random.random() < 0.3:
            name = self.random.choice(optional)
            is_none = self.random.random() < 0.4
            others = {key: kind for key, kind in scope.items() if key != name}
            also = self.random.choice(("", self.fill(" and <bool>", others))) if not is_none else ""
            self.line(depth, f"if {name} is {'' if is_none else 'not '}None{also}:")
            if not is_none:
                then[name] = scope[name][len("Optional["):-1]
        else:
            self.line(depth, self.fill("if <bool>:", scope))
        self.block(depth + 1, then, loops)
        if self.random.random() < 0.2:
            self.line(depth, self.fill("elif <bool>:", scope))
            self.block(depth + 1, dict(scope), loops)
        if self.random.random() < 0.6:
            self.line(depth, "else:")
            self.block(depth + 1, dict(scope), loops)

    def loop(self, depth, scope, loops):
        if loops >= MOST_NESTED_LOOPS or depth > MOST_NESTED_BLOCKS:
            return
        inside = dict(scope)
        first, second = self.new_name(), self.new_name()
        form, kinds = self.random.choice((
            (f"for {first} in range({self.random.choice(('3', '<int>', '1, 4', '5, 0, -2'))}):", {first: "int"}),
            (f"for {first} in <List[int]>:", {first: "int"}),
            (f"for {first} in <Tensor>:", {first: "Tensor"}),
            (f"for {first}, {second} in enumerate(<List[str]>):", {first: "int", second: "str"}),
            (f"for {first}, {second} in <Dict[str, int]>.items():", {first: "str", second: "int"}),
            (f"while {first} < 3:", {}), (f"while {first} < 3 and <bool>:", {})))
        if form.startswith("while"):
            self.line(depth, f"{first} = 0")
        self.line(depth, self.fill(form, scope))
        if form.startswith("while"):
            self.line(depth + 1, f"{first} += 1")  # not in scope, so nothing else changes it: the loop ends
        inside.update(kinds)
        self.block(depth + 1, inside, loops + 1)

    def leave(self, depth, scope, loops):
        """Ends the block."""
        if loops and self.random.random() < 0.6:
            self.line(depth, self.random.choice(("break", "continue")))
            return True
        if depth > 1:
            self.line(depth, self.random.choice((f"return {self.expression(self.result, scope)}", self.fill("raise ValueError(<str>)", scope))))
            return True


def program(seed, count):
    source = random.Random(seed)
    functions = ["\n".join(Function(source, f"f{i}").lines) for i in range(count)]
    return "import math\nfrom typing import *\n\nimport torch\nfrom torch import Tensor\n\n\n" + "\n\n\n".join(functions) + "\n"


if __name__ == "__main__":
    print(program(int(sys.argv[1]), int(sys.argv[2])), end="")
