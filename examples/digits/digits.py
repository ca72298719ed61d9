"""Handwritten digits: a small convolutional network is trained, checked on digits it has not seen, scripted and saved.

    python -m rushlight examples/digits/digits.py [FOLDER]

writes into FOLDER (by default the current one): digits.pt, the scripted network; digits.txt, the names of its classes, one a line; and
seven.png, the picture of a seven that was held back. An ordinary PyTorch program: it runs with PyTorch as well.
Needs scikit-learn for its data (Alpaydin and Kaynak 1998: 1797 pictures of 8 x 8 pixels).
"""
import struct
import sys
import time
import zlib
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset, random_split

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
EPOCHS = 12


class Digits(nn.Module):
    """Two convolutions, each followed by normalisation and pooling, and two linear layers: (N, 1, 8, 8) to (N, 10)."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, kernel_size=3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, kernel_size=3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(32 * 2 * 2, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10))

    def forward(self, pictures):
        return self.classifier(self.features(pictures))


def load():
    """(training, held back): pictures with values from 0 to 1, and their digits."""
    data = load_digits()
    pictures = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 16
    digits = torch.tensor(data.target, dtype=torch.int64)
    return random_split(TensorDataset(pictures, digits), [1437, 360], generator=torch.Generator().manual_seed(7))


def progress(epoch, done, total):
    """A bar on the terminal; nothing where the output is no terminal."""
    if sys.stderr.isatty():
        filled = 30 * done // total
        sys.stderr.write(f"\repoch {epoch:2d} [{'#' * filled}{'.' * (30 - filled)}] {done}/{total}" + ("\r\033[K" if done == total else ""))
        sys.stderr.flush()


def train_epoch(epoch, model, batches, optimizer, schedule):
    """The mean loss and the share of right answers."""
    model.train()
    loss_sum, right, seen = 0.0, 0, 0
    for number, (pictures, digits) in enumerate(batches, 1):
        optimizer.zero_grad()
        scores = model(pictures)
        loss = F.cross_entropy(scores, digits)
        loss.backward()
        optimizer.step()
        schedule.step()
        loss_sum += loss.item() * len(digits)
        right += (scores.argmax(dim=1) == digits).sum().item()
        seen += len(digits)
        progress(epoch, number, len(batches))
    return loss_sum / seen, right / seen


@torch.no_grad()
def accuracy(model, pictures, digits):
    model.eval()
    return (model(pictures).argmax(dim=1) == digits).float().mean().item()


def write_png(path, picture):
    """A picture of values from 0 to 1 as a grey PNG."""
    rows = (picture * 255).round().to(torch.uint8).tolist()

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    started = time.perf_counter()
    training, held_back = load()
    batches = DataLoader(training, batch_size=32, shuffle=True)
    test_pictures, test_digits = (torch.stack(column) for column in zip(*held_back))
    model = Digits()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, epochs=EPOCHS, steps_per_epoch=len(batches))
    print(f"{sum(p.numel() for p in model.parameters())} parameters, {len(training)} digits to learn, {len(held_back)} held back")
    for epoch in range(1, EPOCHS + 1):
        loss, learned = train_epoch(epoch, model, batches, optimizer, schedule)
        print(f"epoch {epoch:2d}  loss {loss:.4f}  right {learned:6.1%}  held back {accuracy(model, test_pictures, test_digits):6.1%}", flush=True)
    final = accuracy(model, test_pictures, test_digits)

    scripted = torch.jit.script(model)
    scripted.save(str(folder / "digits.pt"))
    (folder / "digits.txt").write_text("\n".join(NAMES) + "\n")
    with torch.no_grad():
        answers = scripted(test_pictures).argmax(dim=1)
    seven = int(((test_digits == 7) & (answers == 7)).nonzero()[0])
    write_png(folder / "seven.png", test_pictures[seven, 0])
    print(f"{final:.1%} of the held-back digits are right after {time.perf_counter() - started:.0f} s; written: digits.pt, digits.txt, seven.png")
    if final < 0.97:
        sys.exit("the network has learned too little")


if __name__ == "__main__":
    main()
