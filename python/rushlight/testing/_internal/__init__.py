"""Helpers that tests of PyTorch's compiler import; no part of the public surface."""
