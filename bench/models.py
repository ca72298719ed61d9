"""The models of the benchmark, written once for Rushlight and PyTorch."""


def make(torch, name):
    """(module, inputs) of a model by its name in bench/run.py; the same numbers in every run."""
    nn = torch.nn
    torch.manual_seed(0)

    class Cell(nn.Module):
        """The tutorial's cell."""

        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 4)

        def forward(self, x, h):
            new_h = torch.tanh(self.linear(x) + h)
            return new_h, new_h

    class Block(nn.Module):
        """Two convolutions and a way round them."""

        def __init__(self, inputs: int, outputs: int, stride: int):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.relu = nn.ReLU(inplace=True)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            around = nn.Sequential()
            if stride != 1 or inputs != outputs:
                around = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs))
            self.around = around

        def forward(self, x):
            y = self.relu(self.bn1(self.conv1(x)))
            y = self.bn2(self.conv2(y))
            y += self.around(x)
            return self.relu(y)

    class ResNet18(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
            self.bn1 = nn.BatchNorm2d(64)
            self.relu = nn.ReLU(inplace=True)
            self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
            layers = []
            for inputs, outputs, stride in ((64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)):
                layers += [Block(inputs, outputs, stride), Block(outputs, outputs, 1)]
            self.layers = nn.Sequential(*layers)
            self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
            self.fc = nn.Linear(512, 1000)

        def forward(self, x):
            x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
            x = self.avgpool(self.layers(x))
            return self.fc(torch.flatten(x, 1))

    class Tagger(nn.Module):
        """Words in, a class for each word out."""

        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(1000, 64)
            self.lstm = nn.LSTM(64, 128, num_layers=2, batch_first=True)
            self.classes = nn.Linear(128, 10)

        def forward(self, text):
            return self.classes(self.lstm(self.words(text))[0])

    class Encoder(nn.Module):
        """A small transformer that classifies a sequence."""

        def __init__(self):
            super().__init__()
            layer = nn.TransformerEncoderLayer(128, 4, dim_feedforward=512, dropout=0.0, batch_first=True)
            self.layers = nn.TransformerEncoder(layer, num_layers=2, enable_nested_tensor=False)
            self.classes = nn.Linear(128, 10)

        def forward(self, x):
            return self.classes(self.layers(x).mean(1))

    if name.startswith("tutorial"):
        return Cell(), (torch.rand(3, 4), torch.rand(3, 4))
    if name.startswith("MLP"):
        batch = int(name.rpartition(" ")[2])
        module = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        return module, (torch.rand(batch, 64),)
    if name.startswith("ResNet-18"):
        return ResNet18(), (torch.rand(1, 3, 224, 224),)
    if name.startswith("LSTM"):
        return Tagger(), (torch.randint(0, 1000, (1, 32)),)
    if name.startswith("transformer"):
        return Encoder(), (torch.rand(1, 64, 128),)
    raise ValueError(f"no model {name}")
