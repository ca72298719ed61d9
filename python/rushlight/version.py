"""Which PyTorch this stands for, and which Rushlight it is."""
rushlight = "0.1.0"
__version__ = f"2.13.0+rushlight.{rushlight}"
debug = False
cuda = None
hip = None
git_version = "unknown"
