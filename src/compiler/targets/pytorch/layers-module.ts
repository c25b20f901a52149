/** The module `layers.py` of an exported package: what PyTorch says otherwise than the language, or not at all. */
export const layersModule = `"""Layers as the cmrnet language defines them. Maps are [batch, channels, height, width]."""

import torch
import torch.nn.functional as F
from torch import nn


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def pad_same(x, kernel, stride, rate=1, value=0.0):
    """Pads so that a window reaches every place: the odd row or column lies at the end, as in TensorFlow."""
    amounts = []
    for size, k, s, r in zip(x.shape[2:], pair(kernel), pair(stride), pair(rate)):
        total = max((-(-size // s) - 1) * s + (k - 1) * r + 1 - size, 0)
        amounts.append((total // 2, total - total // 2))
    (top, bottom), (left, right) = amounts
    return F.pad(x, (left, right, top, bottom), value=value)


class Conv(nn.Conv2d):
    """A convolution; with a rate above 1 it is atrous."""

    def __init__(self, in_channels, channels, kernel=3, rate=1, stride=1, groups=1, padding="same", bias=True):
        super().__init__(in_channels, channels, pair(kernel), pair(stride), 0, pair(rate), groups, bias)
        self.same = padding == "same"

    def forward(self, x):
        return super().forward(pad_same(x, self.kernel_size, self.stride, self.dilation) if self.same else x)


class DepthwiseConv(Conv):
    """Every channel on its own."""

    def __init__(self, in_channels, kernel=3, rate=1, stride=1, multiplier=1, padding="same", bias=True):
        super().__init__(in_channels, in_channels * multiplier, kernel, rate, stride, in_channels, padding, bias)


class SeparableConv(nn.Sequential):
    """Every channel on its own, then a 1x1 convolution."""

    def __init__(self, in_channels, channels, kernel=3, rate=1, stride=1, multiplier=1, padding="same", bias=True):
        super().__init__()
        self.depthwise = DepthwiseConv(in_channels, kernel, rate, stride, multiplier, padding, bias=False)
        self.pointwise = Conv(in_channels * multiplier, channels, 1, bias=bias)


class ConvTranspose(nn.ConvTranspose2d):
    """Enlarges a map by the stride."""

    def __init__(self, in_channels, channels, kernel=2, stride=2, padding="same", bias=True):
        kernel, stride = pair(kernel), pair(stride)
        missing = tuple(max(s - k, 0) for k, s in zip(kernel, stride))
        super().__init__(in_channels, channels, kernel, stride, 0, missing, bias=bias)
        self.same = padding == "same"

    def forward(self, x):
        y = super().forward(x)
        if not self.same:
            return y
        top, left = (max(k - s, 0) // 2 for k, s in zip(self.kernel_size, self.stride))
        height, width = (size * s for size, s in zip(x.shape[2:], self.stride))
        return y[:, :, top : top + height, left : left + width]


class BatchNorm(nn.Module):
    """Moving statistics keep \`momentum\` of their past, and the variance is that of the batch, not an estimate beyond it."""

    def __init__(self, channels, momentum=0.99, epsilon=0.001, scale=True):
        super().__init__()
        self.momentum, self.epsilon = momentum, epsilon
        self.register_parameter("weight", nn.Parameter(torch.ones(channels)) if scale else None)
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x):
        if self.training:
            axes = [axis for axis in range(x.dim()) if axis != 1]
            with torch.no_grad():
                variance, mean = torch.var_mean(x, axes, correction=0)
                self.running_mean.lerp_(mean, 1 - self.momentum)
                self.running_var.lerp_(variance, 1 - self.momentum)
            return F.batch_norm(x, None, None, self.weight, self.bias, True, 0.0, self.epsilon)
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.epsilon)


class InstanceNorm(nn.GroupNorm):
    """Every channel of one map by itself."""

    def __init__(self, channels, epsilon=0.001):
        super().__init__(channels, channels, epsilon)


class LayerNorm(nn.LayerNorm):
    """The channels of every pixel."""

    def __init__(self, channels, epsilon=0.001):
        super().__init__(channels, epsilon)

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class Attention(nn.Module):
    """Every pixel takes from all others, by several heads: Vaswani et al. 2017."""

    def __init__(self, channels, heads, bias=True):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(channels, channels, bias) for _ in range(4))

    def forward(self, x):
        tokens = x.flatten(2).transpose(1, 2)
        parts = [f(tokens).unflatten(2, (self.heads, -1)).transpose(1, 2) for f in (self.query, self.key, self.value)]
        found = F.scaled_dot_product_attention(*parts)
        return self.output(found.transpose(1, 2).flatten(2)).transpose(1, 2).reshape(x.shape)


def max_pool(x, size, stride, padding="same"):
    if padding == "same":
        x = pad_same(x, size, stride, value=float("-inf"))
    return F.max_pool2d(x, size, stride)


def avg_pool(x, size, stride, padding="same"):
    """Padding does not count."""
    if padding == "valid":
        return F.avg_pool2d(x, size, stride)
    inside = F.avg_pool2d(pad_same(torch.ones_like(x[:1, :1]), size, stride), size, stride)
    return F.avg_pool2d(pad_same(x, size, stride), size, stride) / inside


def max_unpool(x, before):
    """Each value goes where its window of \`before\` is largest."""
    size = tuple(large // small for large, small in zip(before.shape[2:], x.shape[2:]))
    _, places = F.max_pool2d(before, size, return_indices=True)
    return F.max_unpool2d(x, places, size)


def meet(left, right):
    """A vector of a number per channel becomes a map of one pixel where it meets a map."""
    if left.dim() == right.dim():
        return left, right
    return (left[:, :, None, None], right) if left.dim() == 2 else (left, right[:, :, None, None])


def add(left, right):
    left, right = meet(left, right)
    return left + right


def subtract(left, right):
    left, right = meet(left, right)
    return left - right


def multiply(left, right):
    left, right = meet(left, right)
    return left * right


def affine(x, factor=1.0, shift=0.0):
    return factor * x + shift


def matmul(left, right):
    """Each row of a map is a matrix of its pixels by its channels."""
    return (left.permute(0, 2, 3, 1) @ right.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def transpose(x):
    """Exchanges the pixels of each row and the channels."""
    return x.permute(0, 3, 2, 1)


def flatten(x):
    """Row by row, the channels of a pixel together."""
    return x.movedim(1, -1).flatten(1)


def reshape(x, height, width):
    return x.movedim(1, -1).reshape(x.shape[0], height, width, -1).movedim(-1, 1)


def depth_to_space(x, factor):
    batch, channels, height, width = x.shape
    parts = x.reshape(batch, factor, factor, channels // factor**2, height, width)
    return parts.permute(0, 3, 4, 1, 5, 2).reshape(batch, -1, height * factor, width * factor)


def space_to_depth(x, factor):
    batch, channels, height, width = x.shape
    parts = x.reshape(batch, channels, height // factor, factor, width // factor, factor)
    return parts.permute(0, 3, 5, 1, 2, 4).reshape(batch, -1, height // factor, width // factor)


def resize(x, height, width, method="bilinear"):
    """Pixel centres lie at (i + 0.5) / size."""
    if method == "nearest":
        return F.interpolate(x, (height, width), mode="nearest-exact")
    return F.interpolate(x, (height, width), mode="bilinear", align_corners=False)


def pad(x, top=0, bottom=0, left=0, right=0):
    return F.pad(x, (left, right, top, bottom))


def crop(x, top=0, bottom=0, left=0, right=0):
    return x[:, :, top : x.shape[2] - bottom, left : x.shape[3] - right]


def part(x, begin, count, axis="channels"):
    return x.narrow({"channels": 1, "height": 2, "width": 3}[axis], begin, count)
`;
