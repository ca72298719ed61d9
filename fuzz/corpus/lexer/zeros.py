def f():
    return torch.zeros([1000000, 1000000, 1000000]), [0 for _ in range(9223372036854775807)]
