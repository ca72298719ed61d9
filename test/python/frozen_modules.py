"""Prints what freezing makes of some modules; run by Rushlight and by PyTorch (test_frozen_modules.py), not collected as a test."""
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F

warnings.simplefilter("ignore")
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, channels, down):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.down = nn.Sequential(nn.Conv2d(channels, channels, 1), nn.BatchNorm2d(channels)) if down else None

    def forward(self, x):
        y = self.relu(self.bn(self.conv(x)))
        if self.down is not None:
            x = self.down(x)
        y += x
        return self.relu(y)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(4, 4)
        self.k = nn.Linear(4, 4)
        self.norm = nn.LayerNorm(4)
        self.drop = nn.Dropout(0.1)
        self.scale = 0.5
        self.register_buffer("mask", torch.ones(3, 3).tril())

    def forward(self, x):
        a = self.q(x) @ self.k(x).transpose(-1, -2) * self.scale
        a = a.masked_fill(self.mask == 0, float("-inf"))
        if self.training:
            a = a + 1
        return self.drop(self.norm(F.softmax(a, -1) @ x))


class Loops(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(2)])
        self.n = 3

    def forward(self, x):
        for layer in self.layers:
            x = F.relu(layer(x))
        for i in range(self.n):
            x = x + i
        while int(x.sum()) < 0:
            x = x + 1
        return x


class Arithmetic(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(2, 2, 1)
        self.b = nn.Conv1d(2, 2, 1, bias=False)
        self.t = torch.full((1, 2, 1), 2.)

    def forward(self, x):
        return self.a(x) * 2 + self.t, self.b(x) / 3 - 1


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.gru = nn.GRU(3, 4)

    def forward(self, x):
        return self.gru(self.embedding(x))


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))
        self.k = 3

    def forward(self, x):
        return x * self.w + self.k

    @torch.jit.export
    def other(self, x):
        return x - self.w


class State(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Scaled()
        self.b = Scaled()
        self.count = 0
        self.table = {"a": 1}
        self.items = [1, 2]
        self.total = torch.zeros(2)
        self.parts = nn.ModuleList([Scaled()])

    def forward(self, x):
        self.count += 1
        self.total += 1
        for part in self.parts:
            x = part(x)
        if self.count > 3:
            x = x * self.total
            self.items.append(3)
        return self.b(self.a(x)) + self.table["a"] + len(self.items)

    @torch.jit.export
    def other(self, x):
        return self.a.other(x) + self.b.k


def show(title, module):
    print("##", title)
    print(module.graph)
    print(module.code)


if __name__ == "__main__":
    for make in (lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout()),
                 lambda: nn.Sequential(nn.ConvTranspose2d(2, 2, 2), nn.BatchNorm2d(2)),
                 lambda: nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.GELU()),
                 lambda: Block(2, down=False), lambda: Block(2, down=True), Attention, Loops, Arithmetic, Recurrent):
        module = make().eval()
        scripted = torch.jit.script(module)
        name = type(module).__name__
        show(name, torch.jit.freeze(scripted))
        show(name + " as it is", torch.jit.freeze(scripted, optimize_numerics=False))

    scripted = torch.jit.script(State()).eval()
    for preserved in ([], ["other"], ["a"], ["a.w"], ["other", "b"], ["training"], ["parts"], ["count", "table"]):
        frozen = torch.jit.freeze(scripted, preserved)
        show(f"State, {preserved} stay", frozen)
        if "other" in preserved:
            print(frozen.other.graph)

    for module, example in ((Attention(), torch.ones(1, 3, 4)), (Block(2, down=True), torch.ones(1, 2, 4, 4)),
                            (Recurrent(), torch.ones(2, 3, dtype=torch.long))):
        show("traced " + type(module).__name__, torch.jit.freeze(torch.jit.trace(module.eval(), example)))
