"""Fits a line to noisy points by gradient descent: tensors, random numbers and gradients, as PyTorch has them."""
import torch

torch.manual_seed(0)
x = torch.rand(200)
y = 3 * x + 1 + 0.1 * torch.randn(200)

slope = torch.zeros(1, requires_grad=True)
offset = torch.zeros(1, requires_grad=True)
for step in range(401):
    loss = ((slope * x + offset - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        for parameter in (slope, offset):
            parameter -= 0.2 * parameter.grad
            parameter.grad = None
    if step % 100 == 0:
        print(f"step {step:3d}  loss {loss.item():.4f}  slope {slope.item():.3f}  offset {offset.item():.3f}")
print(loss)
