"""The examples of the documents are tests: each ```python block runs, and prints what the ```text block behind it says.

With PyTorch at hand (RUSHLIGHT_PYTORCH names its Python) it must print the same. Not asked are blocks that say ```python rushlight, and
all behind the heading "Beyond PyTorch". Functions that a block of language.md defines are compiled even if it does not call them.
"""
import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = ("README.md", "docs/language.md", "docs/differences.md", "docs/tracing.md", "docs/python.md")
PYTORCH = os.environ.get("RUSHLIGHT_PYTORCH")
BLOCK = re.compile(r"^```python(?P<mark>[^\n]*)\n(?P<source>.*?)^```\n(?:\s*```text\n(?P<output>.*?)^```\n)?", re.M | re.S)


@functools.cache
def blocks(document):
    text = (ROOT / document).read_text()
    beyond = text.find("\n## Beyond PyTorch\n")
    found = []
    for match in BLOCK.finditer(text):
        found.append({"source": match["source"], "expected": match["output"], "file": Path(document).stem,
                      "line": text.count("\n", 0, match.start("source")) + 1, "compile": document == "docs/language.md",
                      "rushlight_only": "rushlight" in match["mark"] or 0 <= beyond < match.start()})
    return found


@functools.cache
def answers(document, module):
    """What each block prints; None where it was not asked."""
    asked = [block for block in blocks(document) if module == "rushlight" or not block["rushlight_only"]]
    python = sys.executable if module == "rushlight" else PYTORCH
    done = subprocess.run([python, Path(__file__).with_name("documentation_runner.py"), module], input=json.dumps(asked),
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = iter(json.loads(done.stdout))
    return [next(printed) if block in asked else None for block in blocks(document)]


EXAMPLES = [pytest.param(document, number, id=f"{document}:{block['line']}") for document in DOCUMENTS
            for number, block in enumerate(blocks(document))]


@pytest.mark.parametrize("document, number", EXAMPLES)
def test_example_prints_what_the_document_says(document, number):
    block, printed = blocks(document)[number], answers(document, "rushlight")[number]
    if block["expected"] is not None:
        assert printed == block["expected"]
    else:
        assert not re.search(r"^\w*(Error|Exception): ", printed, re.M), printed


@pytest.mark.skipif(not PYTORCH, reason="RUSHLIGHT_PYTORCH names no Python with PyTorch")
@pytest.mark.parametrize("document, number", EXAMPLES)
def test_example_prints_the_same_with_pytorch(document, number):
    if blocks(document)[number]["rushlight_only"]:
        pytest.skip("an example of what PyTorch lacks")
    assert answers(document, "torch")[number] == answers(document, "rushlight")[number]


def test_every_document_has_examples():
    assert all(blocks(document) for document in ("docs/language.md", "docs/differences.md", "docs/tracing.md", "docs/python.md"))
