"""What the real PyTorch says of an archive; run by its Python, not collected as a test.

    pytorch_peer.py photo PICTURE.jpg PHOTO.npy          the middle 224x224 as float32 1x3x224x224, normalised as ImageNet models expect
    pytorch_peer.py run ARCHIVE.pt PHOTO.npy ANSWER.npz  out, code, graph of the loaded module; frozen: its graph when it is frozen
"""
import sys

import numpy as np


def photo(picture, target):
    from PIL import Image
    image = Image.open(picture).convert("RGB")
    scale = 256 / min(image.size)
    image = image.resize([round(side * scale) for side in image.size], Image.BILINEAR)
    left, top = ((side - 224) // 2 for side in image.size)
    pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), dtype=np.float32) / 255
    pixels = (pixels - np.array([0.485, 0.456, 0.406], np.float32)) / np.array([0.229, 0.224, 0.225], np.float32)
    np.save(target, np.ascontiguousarray(pixels.transpose(2, 0, 1)[None]))


def run(archive, source, target):
    import torch
    module = torch.jit.load(archive)
    with torch.no_grad():
        out = module(torch.from_numpy(np.load(source)))
    frozen = torch.jit.freeze(module) if hasattr(module, "training") else module
    np.savez(target, out=out.numpy(), code=module.code, graph=str(module.graph), frozen=str(frozen.graph))


if __name__ == "__main__":
    {"photo": photo, "run": run}[sys.argv[1]](*sys.argv[2:])
