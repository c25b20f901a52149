"""CmrNet in PyTorch, written by cmrnet. Maps are [batch, channels, height, width].

The weights beside it: initial values of seed 0, untrained.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from .layers import BatchNorm, Conv, add, depth_to_space, max_pool


class Unit(nn.Module):
    """Convolution, batch norm and ReLU. The paper applies the last two to each convolution.

    At encoder/stem.0, encoder/stem.1, encoder/f1/base and others.
    """

    def __init__(self, in_channels, channels, kernel, rate, stride):
        super().__init__()
        self.conv = Conv(in_channels, channels, kernel=kernel, rate=rate, stride=stride, bias=False)
        self.batch_norm = BatchNorm(channels)

    def forward(self, x):
        y = self.conv(x)
        y = self.batch_norm(y)
        return F.relu(y)


class FpmA(nn.Module):
    """Feature pyramid module, type A: a chain of atrous convolutions with a residual connection.

    At encoder/f1, encoder/f3.
    """

    def __init__(self, in_channels, channels):
        super().__init__()
        self.base = Unit(in_channels=in_channels, channels=channels, kernel=1, rate=1, stride=1)
        self.chain_0 = Unit(in_channels=channels, channels=channels, kernel=3, rate=1, stride=1)
        self.chain_1 = Unit(in_channels=channels, channels=channels, kernel=3, rate=2, stride=1)
        self.chain_2 = Unit(in_channels=channels, channels=channels, kernel=3, rate=3, stride=1)

    def forward(self, x):
        base = self.base(x)
        chain_0 = self.chain_0(base)
        chain_1 = self.chain_1(chain_0)
        y = self.chain_2(chain_1)
        y = add(base, y)
        return torch.cat([chain_0, chain_1, y], 1)


class FpmB(nn.Module):
    """Feature pyramid module, type B: type A plus parallel atrous branches.

    At encoder/f2, encoder/f4.
    """

    def __init__(self, in_channels, channels):
        super().__init__()
        self.base = Unit(in_channels=in_channels, channels=channels, kernel=1, rate=1, stride=1)
        self.chain_0 = Unit(in_channels=channels, channels=channels, kernel=3, rate=1, stride=1)
        self.chain_1 = Unit(in_channels=channels, channels=channels, kernel=3, rate=2, stride=1)
        self.chain_2 = Unit(in_channels=channels, channels=channels, kernel=3, rate=3, stride=1)
        self.pyramid_0 = Unit(in_channels=channels, channels=channels, kernel=3, rate=2, stride=1)
        self.pyramid_1 = Unit(in_channels=channels, channels=channels, kernel=3, rate=3, stride=1)

    def forward(self, x1, x2):
        y = torch.cat([x1, x2], 1)
        y = max_pool(y, 2, 2)
        base = self.base(y)
        chain_0 = self.chain_0(base)
        chain_1 = self.chain_1(chain_0)
        chain_2 = self.chain_2(chain_1)
        pyramid_0 = self.pyramid_0(base)
        pyramid_1 = self.pyramid_1(base)
        y = add(base, chain_2)
        return torch.cat([chain_0, chain_1, y, pyramid_0, pyramid_1], 1)


class Dac(nn.Module):
    """Dense atrous convolution block: four cascades, summed with their input.

    At encoder/mid.1.
    """

    def __init__(self):
        super().__init__()
        self.unit_0 = Unit(in_channels=32, channels=32, kernel=3, rate=1, stride=1)
        self.unit_1 = Unit(in_channels=32, channels=32, kernel=3, rate=3, stride=1)
        self.unit_2 = Unit(in_channels=32, channels=32, kernel=1, rate=1, stride=1)
        self.unit_3 = Unit(in_channels=32, channels=32, kernel=3, rate=1, stride=1)
        self.unit_4 = Unit(in_channels=32, channels=32, kernel=3, rate=3, stride=1)
        self.unit_5 = Unit(in_channels=32, channels=32, kernel=1, rate=1, stride=1)
        self.unit_6 = Unit(in_channels=32, channels=32, kernel=3, rate=1, stride=1)
        self.unit_7 = Unit(in_channels=32, channels=32, kernel=3, rate=3, stride=1)
        self.unit_8 = Unit(in_channels=32, channels=32, kernel=3, rate=5, stride=1)
        self.unit_9 = Unit(in_channels=32, channels=32, kernel=1, rate=1, stride=1)

    def forward(self, x):
        y = self.unit_0(x)
        add_ = add(x, y)
        y = self.unit_1(x)
        y = self.unit_2(y)
        add_1 = add(add_, y)
        y = self.unit_3(x)
        y = self.unit_4(y)
        y = self.unit_5(y)
        add_2 = add(add_1, y)
        y = self.unit_6(x)
        y = self.unit_7(y)
        y = self.unit_8(y)
        y = self.unit_9(y)
        return add(add_2, y)


class Encoder(nn.Module):
    """At encoder."""

    def __init__(self):
        super().__init__()
        self.stem_0 = Unit(in_channels=1, channels=8, kernel=3, rate=1, stride=2)
        self.stem_1 = Unit(in_channels=8, channels=8, kernel=3, rate=1, stride=1)
        self.f1 = FpmA(in_channels=8, channels=4)
        self.f2 = FpmB(in_channels=20, channels=8)
        self.mid_0 = Unit(in_channels=40, channels=32, kernel=3, rate=1, stride=2)
        self.mid_1 = Dac()
        self.f3 = FpmA(in_channels=32, channels=16)
        self.f4 = FpmB(in_channels=80, channels=32)
        self.end_0 = Unit(in_channels=160, channels=64, kernel=1, rate=1, stride=1)
        self.end_1 = Unit(in_channels=64, channels=64, kernel=3, rate=1, stride=1)

    def forward(self, x):
        y = self.stem_0(x)
        stem_1 = self.stem_1(y)
        f1 = self.f1(stem_1)
        f2 = self.f2(stem_1, f1)
        y = self.mid_0(f2)
        mid_1 = self.mid_1(y)
        f3 = self.f3(mid_1)
        y = self.f4(mid_1, f3)
        y = self.end_0(y)
        y = self.end_1(y)
        return f1, f2, f3, y


class Subpixel(nn.Module):
    """Doubles the resolution by moving channels into space.

    At decoder/u3.0, decoder/u2.0, decoder/u1.0 and others.
    """

    def __init__(self, in_channels, channels):
        super().__init__()
        self.unit = Unit(in_channels=in_channels, channels=channels, kernel=3, rate=1, stride=1)

    def forward(self, x):
        y = self.unit(x)
        return depth_to_space(y, 2)


class Decoder(nn.Module):
    """At decoder."""

    def __init__(self):
        super().__init__()
        self.u3_0 = Subpixel(in_channels=64, channels=128)
        self.u3_1 = Unit(in_channels=80, channels=32, kernel=3, rate=1, stride=1)
        self.u2_0 = Subpixel(in_channels=32, channels=64)
        self.u2_1 = Unit(in_channels=56, channels=16, kernel=3, rate=1, stride=1)
        self.u1_0 = Subpixel(in_channels=16, channels=32)
        self.u1_1 = Unit(in_channels=20, channels=8, kernel=3, rate=1, stride=1)
        self.u0_0 = Subpixel(in_channels=8, channels=16)
        self.u0_1 = Unit(in_channels=4, channels=4, kernel=3, rate=1, stride=1)

    def forward(self, x1, x2, x3, x4):
        y = self.u3_0(x1)
        y = torch.cat([y, x2], 1)
        y = self.u3_1(y)
        y = self.u2_0(y)
        y = torch.cat([y, x3], 1)
        y = self.u2_1(y)
        y = self.u1_0(y)
        y = torch.cat([y, x4], 1)
        y = self.u1_1(y)
        y = self.u0_0(y)
        return self.u0_1(y)


class Segmentation(nn.Module):
    """At segmentation."""

    def __init__(self):
        super().__init__()
        self.conv = Conv(4, 1, kernel=1)

    def forward(self, x):
        y = self.conv(x)
        return torch.sigmoid(y)


class Diagnosis(nn.Module):
    """At diagnosis."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(64, 1)

    def forward(self, x):
        y = torch.mean(x, (2, 3))
        y = self.dense(y)
        return torch.sigmoid(y)


class CmrNet(nn.Module):

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()
        self.segmentation = Segmentation()
        self.diagnosis = Diagnosis()

    def forward(self, image):
        encoder_1, encoder_2, encoder_3, encoder_4 = self.encoder(image)
        y = self.decoder(encoder_4, encoder_3, encoder_2, encoder_1)
        segmentation = self.segmentation(y)
        y = self.diagnosis(encoder_4)
        return {"segmentation": segmentation, "diagnosis": y}


def load(weights=Path(__file__).with_name("weights.safetensors")):
    """The network with its weights, for images [batch, 1, 112, 112]."""
    from safetensors.torch import load_model

    network = CmrNet()
    load_model(network, weights)
    return network.eval()
