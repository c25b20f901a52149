"""PyTorch on the same task as quality/ours.ts: the U-Net of specs/strong.cmrnet as one writes it in PyTorch, trained with the
settings of an experiment's plan (optimizer, rate, decay, warm-up, clipping, average, augmentation, loss) on the same images.

Maps are [batch, channels, height, width], in whichever memory layout makes faster steps here.
"""

import json
import math
import os
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

import tensors

task = json.loads(sys.argv[1])
torch.set_num_threads(task["threads"])
torch.backends.nnpack.set_flags(False)
torch.manual_seed(task["seed"])
random = numpy.random.default_rng(task["seed"])


def path(name):
    return os.path.join(task["folder"], name)


with open(path(task["experiment"] + ".plan.json")) as file:
    plan = json.load(file)
train, augment = plan["train"], plan["augment"]
width = next(layer for layer in plan["network"]["layers"] if layer["weights"])["weights"][0]["shape"][-1]
head = next(h for h in plan["heads"] if h["kind"] == "mask" and h["encoding"] == "categorical")
classes = head["channels"]


def pair(channels, out, stride=1):
    """Two convolutions, each with instance norm and leaky ReLU."""
    layers = []
    for given, step in ((channels, stride), (out, 1)):
        layers += [
            nn.Conv2d(given, out, 3, step, 1, bias=False),
            nn.InstanceNorm2d(out, eps=1e-5, affine=True),
            nn.LeakyReLU(0.01, inplace=True),
        ]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """Deeply supervised: the answers at full, half and quarter resolution."""

    def __init__(self, channels):
        super().__init__()
        sizes = [width * 2**level for level in range(5)]
        self.down = nn.ModuleList(
            pair(given, out, 1 if level == 0 else 2)
            for level, (given, out) in enumerate(zip([channels] + sizes, sizes))
        )
        self.rise = nn.ModuleList(nn.ConvTranspose2d(2 * size, size, 2, 2) for size in sizes[:4])
        self.up = nn.ModuleList(pair(2 * size, size) for size in sizes[:4])
        self.answers = nn.ModuleList(nn.Conv2d(size, classes, 1) for size in sizes[:3])
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.kaiming_normal_(module.weight, 0.01)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x, deep=True):
        kept = []
        for level in self.down:
            x = level(x)
            kept.append(x)
        found = []
        for level in (3, 2, 1, 0):
            x = self.up[level](torch.cat((kept[level], self.rise[level](x)), 1))
            if level < 3 and (deep or level == 0):
                found.insert(0, self.answers[level](x))
        return found


def start_at_prior(network, labels):
    """Biases of the answers at the logarithms of the classes' shares, as the experiment's heads start."""
    shares = torch.bincount(labels.flatten(), minlength=classes).double() / labels.numel()
    logits = torch.log(shares.clamp_min(1e-6)).float()
    with torch.no_grad():
        for answer in network.answers:
            answer.bias.copy_(logits)


# Weights of full, half and quarter resolution, by the order of the heads.
terms = {}
for term in plan["loss"]:
    terms.setdefault(term["head"], {})[term["loss"]] = term
levels = [terms[h["name"]] for h in plan["heads"] if h["name"] in terms][:3]


def loss_of(answers, labels):
    """Dice and cross entropy at each resolution, labels by the nearest pixel."""
    total = 0
    for logits, own in zip(answers, levels):
        step = labels.shape[1] // logits.shape[2]
        truth = labels[:, ::step, ::step]
        if "cross_entropy" in own:
            total = total + own["cross_entropy"]["weight"] * F.cross_entropy(logits, truth)
        if "dice" in own:
            term = own["dice"]
            first = 0 if term.get("background", True) else 1
            axes = (0, 2, 3) if term["reduction"] == "batch" else (2, 3)
            p = F.softmax(logits, 1)[:, first:]
            y = F.one_hot(truth, classes).permute(0, 3, 1, 2)[:, first:].to(p.dtype)
            both, either = (p * y).sum(axes), p.sum(axes) + y.sum(axes)
            ratio = (2 * both + term["smooth"]) / (either + term["smooth"])
            total = total + term["weight"] * (1 - ratio).mean()
    return total


def augmented(images, labels):
    """Each image turned, enlarged, shifted, mirrored and made brighter or darker, as the plan says."""
    n = images.shape[0]

    def drawn(name, usual):
        low, high = augment[name] or (usual, usual)
        return torch.from_numpy(random.uniform(low, high, n).astype("float32"))

    gamma = drawn("gamma", 1.0)[:, None, None, None]
    low, high = images.amin((1, 2, 3), True), images.amax((1, 2, 3), True)
    reach = (high - low).clamp_min(1e-12)
    images = low + reach * ((images - low) / reach).pow(gamma)
    angle = drawn("rotate", 0.0) * math.pi / 180
    scale = drawn("scale", 1.0)
    rows, columns = drawn("shift", 0.0), drawn("shift", 0.0)
    flipped = [augment["flip"] in (way, "both") for way in ("horizontal", "vertical")]
    signs = [
        torch.from_numpy(numpy.where(random.random(n) < 0.5, -1.0, 1.0).astype("float32"))
        if may
        else torch.ones(n)
        for may in flipped
    ]
    cosine, sine = torch.cos(angle) / scale, torch.sin(angle) / scale
    across = torch.stack((cosine, -sine, -2 * (cosine * columns - sine * rows)), 1) * signs[0][:, None]
    down = torch.stack((sine, cosine, -2 * (sine * columns + cosine * rows)), 1) * signs[1][:, None]
    grid = F.affine_grid(torch.stack((across, down), 1), list(images.shape), align_corners=False)
    moved = F.grid_sample(images, grid, "bilinear", "zeros", align_corners=False)
    masks = F.grid_sample(labels[:, None].float(), grid, "nearest", "zeros", align_corners=False)
    return moved, masks[:, 0].long()


def optimizer_of(weights):
    settings = train["optimizer"]
    if settings["kind"] == "adam":
        return torch.optim.Adam(
            weights, settings["lr"], (settings["beta1"], settings["beta2"]), settings["epsilon"]
        )
    if settings["kind"] == "sgd":
        momentum = settings["momentum"]
        return torch.optim.SGD(
            weights, settings["lr"], momentum, nesterov=bool(settings.get("nesterov")) and momentum > 0
        )
    raise SystemExit(f"the peer has no {settings['kind']}")


def left_by_schedule(progress):
    schedule = train["schedule"]
    if schedule["kind"] == "polynomial":
        return max(0.0, 1 - progress) ** schedule["power"]
    if schedule["kind"] == "cosine":
        return schedule["final"] + (1 - schedule["final"]) * (1 + math.cos(math.pi * progress)) / 2
    if schedule["kind"] == "constant":
        return 1.0
    raise SystemExit(f"the peer has no schedule {schedule['kind']}")


class Training:
    """A network with what changes it."""

    def __init__(self, layout, labels):
        self.layout = layout
        self.network = UNet(plan["network"]["input"]["shape"][2]).to(memory_format=layout)
        start_at_prior(self.network, labels)
        self.weights = list(self.network.parameters())
        self.kernels = [weight for weight in self.weights if weight.dim() > 1]
        self.optimizer = optimizer_of(self.weights)
        self.averages = [weight.detach().clone() for weight in self.weights]
        self.steps = 0

    def step(self, images, labels, rate):
        self.steps += 1
        images, labels = augmented(images, labels)
        loss = loss_of(self.network(images.contiguous(memory_format=self.layout)), labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if train["clip"] is not None:
            nn.utils.clip_grad_norm_(self.weights, train["clip"])
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with torch.no_grad():
            if train["weight_decay"] > 0:
                torch._foreach_mul_(self.kernels, 1 - rate * train["weight_decay"])
            self.optimizer.step()
            if train["average"] is not None:
                kept = min(train["average"], (1 + self.steps) / (10 + self.steps))
                torch._foreach_lerp_(self.averages, self.weights, 1 - kept)
        return loss.item()

    def predict(self, images):
        """The likeliest class of every pixel, by averaged weights and with the mirror images that the plan asks for."""
        own = [weight.detach().clone() for weight in self.weights]
        with torch.no_grad():
            if train["average"] is not None:
                for weight, average in zip(self.weights, self.averages):
                    weight.copy_(average)
            flips = {"none": [], "horizontal": [[3]], "vertical": [[2]], "both": [[3], [2], [2, 3]]}
            maps = []
            for start in range(0, len(images), train["batch"]):
                x = images[start : start + train["batch"]].contiguous(memory_format=self.layout)
                p = F.softmax(self.network(x, deep=False)[0], 1)
                for axes in flips[plan["evaluate"]["flips"]]:
                    p = p + F.softmax(self.network(x.flip(axes), deep=False)[0], 1).flip(axes)
                maps.append(p.argmax(1).to(torch.uint8))
            for weight, value in zip(self.weights, own):
                weight.copy_(value)
        return torch.cat(maps).numpy()


def read(name):
    found = tensors.read_tensors(path(name))
    images = torch.from_numpy(found["images"]).permute(0, 3, 1, 2).contiguous()
    return images, torch.from_numpy(found["labels"]).long()


def order(count):
    """Batches of all images in another order each epoch; the last may be smaller."""
    while True:
        places = torch.from_numpy(random.permutation(count))
        yield from places.split(train["batch"])


def faster_layout(images, labels):
    """The memory layout with the fastest of five steps, taken in turn so that other work slows both alike."""
    part = slice(0, train["batch"])
    layouts = (torch.channels_last, torch.contiguous_format)
    trials = [Training(layout, labels) for layout in layouts]
    least = [math.inf, math.inf]
    for _ in range(5):
        for index, trial in enumerate(trials):
            begin = time.process_time()
            trial.step(images[part], labels[part], 1e-4)
            least[index] = min(least[index], time.process_time() - begin)
    return layouts[least.index(min(least))]


def say(**line):
    print(json.dumps(line), flush=True)


def main():
    images, labels = read("training.safetensors")
    held_out, _ = read("held-out.safetensors")
    layout = faster_layout(images, labels)
    torch.manual_seed(task["seed"])
    training = Training(layout, labels)
    per_epoch = math.ceil(len(images) / train["batch"])
    warmup = train["warmup"] * per_epoch
    batches = order(len(images))
    name = "channels last" if layout == torch.channels_last else "default layout"
    say(kind="begun", version=f"PyTorch {torch.__version__}, {name}")
    used, told, losses = 0.0, 0.0, []
    since = time.process_time()
    for mark in task["marks"]:
        while used < mark * task["budget"]:
            warmed = 1.0 if warmup == 0 else min(1.0, (training.steps + 1) / warmup)
            rate = train["optimizer"]["lr"] * left_by_schedule(used / task["budget"]) * warmed
            places = next(batches)
            losses.append(training.step(images[places], labels[places], rate))
            now = time.process_time()
            used, since = used + now - since, now
            if used - told >= 30:
                say(kind="progress", processor=used, steps=training.steps, loss=sum(losses) / len(losses))
                told, losses = used, []
        with open(task["predictions"], "wb") as file:
            file.write(training.predict(held_out).tobytes())
        say(kind="mark", mark=mark, processor=used, steps=training.steps)
        sys.stdin.readline()
        # What judging has taken is no training.
        since = time.process_time()


main()
