"""The category of the tracer's warnings. The filter stands from the import on, so that a program's own filters come after it."""
import warnings


class TracerWarning(Warning):
    """A trace that may not mean what the program says."""

    @staticmethod
    def ignore_lib_warnings():
        """Warnings about the library's own code are for its authors."""
        warnings.filterwarnings("ignore", category=TracerWarning, module=r"(torch|rushlight)\.(?!jit)")
        warnings.filterwarnings("ignore", "torch::jit::fuser::cuda")


TracerWarning.__module__ = "torch.jit._trace"
TracerWarning.ignore_lib_warnings()
