"""torch.nn.utils: what programs do with the parameters of modules."""
from . import rnn
