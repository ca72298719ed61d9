"""torch.onnx: the questions that models ask; export is not implemented."""


def is_in_onnx_export():
    return False


def export(*args, **kwargs):
    raise NotImplementedError("torch.onnx.export is not implemented in Rushlight")
