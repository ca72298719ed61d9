def f(x: Tensor, w: Tensor, i: int) -> Tensor:
    y = torch.nn.functional.relu(x @ w, inplace=False)
    y[i, ..., 1:] = x[:, None].sum(dim=[0], keepdim=True)
    y += 2.5e-3 * torch.zeros([2, 3], dtype=torch.float32)
    with torch.no_grad():
        y.add_(1)
    raise ValueError("no", i)
