def gate(x, h):
    # type: (Tensor, Tensor) -> Tuple[Tensor, Tensor]
    if x.sum() > 0:
        new_h = torch.tanh(x + h)
    else:
        new_h = torch.tanh(-x + h)
    return new_h, new_h
