"""PyTorch as a player: runs any layers plan, eager or compiled, in either memory layout, or in double precision.

Maps are [batch, channels, height, width]; in the layout channels_last they lie in memory as ours do. In double precision
it is the numerical reference of `npm run bench -- --check`.
"""

import time

started = time.perf_counter()

import player

try:
    import torch
    import torch.nn.functional as F
except ImportError as error:
    player.refuse(str(error))

settings = player.settings
torch.backends.nnpack.set_flags(False)
torch.set_num_threads(settings["threads"])
torch.manual_seed(1)
compiled = settings["variant"] == "compiled"
channels_last = settings["variant"] in ("channels_last", "compiled")
layout = torch.channels_last if channels_last else torch.contiguous_format
precision = torch.float64 if settings["variant"] == "double" else torch.float32


def slid(x, kernel, attributes, value=0.0):
    """The map with the padding of a window, and what is left for the operation itself to pad."""
    rows, columns = (
        player.window(
            x.shape[2 + axis],
            kernel[axis],
            attributes["stride"][axis],
            attributes.get("rate", [1, 1])[axis],
            attributes["padding"],
        )
        for axis in (0, 1)
    )
    if rows[0] == rows[1] and columns[0] == columns[1]:
        return x, (rows[0], columns[0])
    return F.pad(x, (*columns, *rows), value=value), (0, 0)


def conv(x, kernel, bias, attributes, groups):
    x, padding = slid(x, kernel.shape[2:], attributes)
    return F.conv2d(
        x, kernel, bias, tuple(attributes["stride"]), padding, tuple(attributes["rate"]), groups
    )


def conv_transpose(x, kernel, bias, attributes, shape):
    stride = attributes["stride"]
    rows, columns = (
        player.window(shape[axis], kernel.shape[2 + axis], stride[axis], 1, attributes["padding"])
        for axis in (0, 1)
    )
    y = F.conv_transpose2d(x, kernel, None, tuple(stride))
    # The whole spread, zeros where no window reaches, then the part that lies inside the map.
    y = F.pad(
        y,
        (
            -columns[0],
            shape[1] + columns[0] - y.shape[3],
            -rows[0],
            shape[0] + rows[0] - y.shape[2],
        ),
    )
    return y if bias is None else y + bias[:, None, None]


def batch_norm(x, weights, attributes, training):
    gamma, beta, mean, variance = weights
    return F.batch_norm(
        x, mean, variance, gamma, beta, training, 1 - attributes["momentum"], attributes["epsilon"]
    )


def largest(x, attributes):
    x, padding = slid(x, attributes["size"], attributes, float("-inf"))
    return F.max_pool2d(x, tuple(attributes["size"]), tuple(attributes["stride"]), padding)


def mean(x, attributes):
    size, stride = tuple(attributes["size"]), tuple(attributes["stride"])
    padded, padding = slid(x, size, attributes)
    ones, _ = slid(torch.ones_like(x[:1, :1]), size, attributes)
    share = F.avg_pool2d(ones, size, stride, padding, count_include_pad=True)
    return F.avg_pool2d(padded, size, stride, padding, count_include_pad=True) / share


def depth_to_space(x, factor):
    n, channels, h, w = x.shape
    k = channels // factor**2
    if channels_last:
        y = x.permute(0, 2, 3, 1).view(n, h, w, factor, factor * k).transpose(2, 3)
        return y.reshape(n, h * factor, w * factor, k).permute(0, 3, 1, 2)
    y = x.view(n, factor, factor, k, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(n, k, h * factor, w * factor)


def multiply(a, b):
    if a.dim() < b.dim():
        a, b = b, a
    return a * (b if a.dim() == b.dim() else b[:, :, None, None])


def resize(x, attributes):
    size = (attributes["height"], attributes["width"])
    if attributes["method"] == "nearest":
        return F.interpolate(x, size, mode="nearest-exact")
    return F.interpolate(x, size, mode="bilinear", align_corners=False)


def flatten(x):
    return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1) if x.dim() == 4 else x


def to_torch(op, role, values):
    """A weight as PyTorch holds it: kernels are [out, in, rows, columns]."""
    tensor = torch.from_numpy(values).to(precision)
    if tensor.dim() == 4:
        if role in ("depthwise_kernel",) or op == "depthwise_conv":
            rows, columns, channels, multiplier = tensor.shape
            tensor = tensor.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, rows, columns)
        else:
            tensor = tensor.permute(3, 2, 0, 1)
        return tensor.clone(memory_format=layout)
    return tensor.clone()


def from_torch(op, role, tensor, shape):
    if tensor.dim() == 4:
        if role in ("depthwise_kernel",) or op == "depthwise_conv":
            rows, columns, channels, multiplier = shape
            tensor = tensor.reshape(channels, multiplier, rows, columns).permute(2, 3, 0, 1)
        else:
            tensor = tensor.permute(2, 3, 1, 0)
    return tensor.contiguous().numpy()


class Network(torch.nn.Module):
    """A layers plan. Weights keep their names of the plan in `weights`. Gives values by head, and what their last layer read:
    the logits of a sigmoid or softmax."""

    def __init__(self, plan, values):
        super().__init__()
        self.plan = plan
        self.layers = {layer["name"]: layer for layer in plan["layers"]}
        self.weights = {}
        self.held = torch.nn.ParameterList()
        for layer in plan["layers"]:
            for weight in layer["weights"]:
                tensor = to_torch(layer["op"], role_of(weight), values[weight["name"]])
                if weight["trainable"]:
                    tensor = torch.nn.Parameter(tensor)
                    self.held.append(tensor)
                self.weights[weight["name"]] = tensor

    def forward(self, images):
        values = []
        for node in self.plan["nodes"]:
            inputs = [values[index] for index in node["inputs"]]
            values.append(images if node["layer"] is None else self.apply_layer(node, inputs))
        return {head["name"]: values[head["node"]] for head in self.plan["heads"]}, {
            head["name"]: values[self.plan["nodes"][head["node"]]["inputs"][0]]
            for head in self.plan["heads"]
        }

    def apply_layer(self, node, inputs):
        layer = self.layers[node["layer"]]
        op, attributes = layer["op"], layer["attributes"]
        weights = [self.weights[weight["name"]] for weight in layer["weights"]]
        x = inputs[0]
        if op == "conv":
            bias = weights[1] if attributes["bias"] else None
            return conv(x, weights[0], bias, attributes, attributes["groups"])
        if op == "depthwise_conv":
            bias = weights[1] if attributes["bias"] else None
            return conv(x, weights[0], bias, attributes, x.shape[1])
        if op == "separable_conv":
            between = conv(x, weights[0], None, attributes, x.shape[1])
            return F.conv2d(between, weights[1], weights[2] if attributes["bias"] else None)
        if op == "conv_transpose":
            bias = weights[1] if attributes["bias"] else None
            return conv_transpose(x, weights[0], bias, attributes, node["shape"])
        if op == "batch_norm":
            return batch_norm(x, weights, attributes, self.training)
        if op == "group_norm":
            return F.group_norm(x, attributes["groups"], *weights, attributes["epsilon"])
        if op == "instance_norm":
            return F.group_norm(x, x.shape[1], *weights, attributes["epsilon"])
        if op == "dense":
            y = x @ weights[0]
            return y + weights[1] if attributes["bias"] else y
        if op == "max_pool":
            return largest(x, attributes)
        if op == "avg_pool":
            return mean(x, attributes)
        if op == "concat":
            return torch.cat(inputs, 1)
        if op == "add":
            return sum(inputs[1:], x)
        if op == "multiply":
            return multiply(*inputs)
        if op == "pad":
            return F.pad(x, [attributes[side] for side in ("left", "right", "top", "bottom")])
        if op == "crop":
            return F.pad(x, [-attributes[side] for side in ("left", "right", "top", "bottom")])
        if op == "dropout":
            return F.dropout(x, attributes["rate"], self.training)
        if op == "resize":
            return resize(x, attributes)
        if op == "depth_to_space":
            return depth_to_space(x, attributes["factor"])
        if op == "leaky_relu":
            return F.leaky_relu(x, attributes["slope"])
        if op == "elu":
            return F.elu(x, attributes["alpha"])
        return {
            "relu": F.relu,
            "swish": F.silu,
            "sigmoid": torch.sigmoid,
            "softmax": lambda value: torch.softmax(value, 1),
            "global_avg_pool": lambda value: value.mean((2, 3)),
            "global_max_pool": lambda value: value.amax((2, 3)),
            "flatten": flatten,
        }[op](x)


def role_of(weight):
    return weight["name"].rsplit("/", 1)[-1]


def loss_of(term, truth, predicted, logits):
    """Cross entropies are of logits, as ours are."""
    kind = term["loss"]
    if kind in ("jaccard", "dice"):
        over = (2, 3) if truth.dim() == 4 else ()
        both = (truth * predicted).sum(over) if over else truth * predicted
        either = truth.sum(over) + predicted.sum(over) if over else truth + predicted
        if term["reduction"] == "batch":
            both, either = both.sum(0), either.sum(0)
        part, whole = (both, either - both) if kind == "jaccard" else (2 * both, either)
        return (1 - (part + term["smooth"]) / (whole + term["smooth"])).mean()
    if kind == "bce":
        return F.binary_cross_entropy_with_logits(logits, smoothed(truth, term, 2))
    if kind == "cross_entropy":
        soft = smoothed(truth, term, truth.shape[1])
        return -(soft * F.log_softmax(logits, 1)).mean() * truth.shape[1]
    yes, no = F.logsigmoid(logits), F.logsigmoid(-logits)
    hits = truth * term["alpha"] * (term["gamma"] * no).exp() * yes
    misses = (1 - truth) * (1 - term["alpha"]) * (term["gamma"] * yes).exp() * no
    return -(hits + misses).mean()


def smoothed(truth, term, answers):
    share = term.get("smoothing", 0)
    return truth * (1 - share) + share / answers


def total(terms, batch, values, logits):
    return sum(
        term["weight"]
        * loss_of(term, batch[term["head"]], values[term["head"]], logits[term["head"]])
        for term in terms
    )


def optimizer_of(rule, weights):
    rate = rule["lr"]
    if rule["kind"] == "rmsprop":
        return torch.optim.RMSprop(
            weights, rate, alpha=rule["rho"], eps=rule["epsilon"], foreach=True
        )
    if rule["kind"] == "adam":
        betas = (rule["beta1"], rule["beta2"])
        return torch.optim.Adam(weights, rate, betas, rule["epsilon"], foreach=True)
    return torch.optim.SGD(weights, rate, rule["momentum"], foreach=True)


class Player:
    def __init__(self):
        plan = player.read_plan()
        self.terms = plan["loss"]
        self.rule = plan["train"]["optimizer"]
        self.values = player.read_tensors("weights.safetensors")
        self.network = Network(plan["network"], self.values)
        self.optimizer = optimizer_of(self.rule, self.network.parameters())
        batch = player.read_tensors("batch.safetensors")
        self.batch = {name: self.as_map(values) for name, values in batch.items()}
        self.run = torch.compile(self.network) if compiled else self.network

    @staticmethod
    def as_map(values):
        tensor = torch.from_numpy(values).to(precision)
        return tensor.permute(0, 3, 1, 2).contiguous(memory_format=layout) if tensor.dim() == 4 else tensor

    def loss(self):
        return total(self.terms, self.batch, *self.run(self.batch["images"]))

    def step(self, rate):
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self.rule["lr"] if rate is None else rate
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def predict(self):
        self.network.eval()
        with torch.inference_mode():
            answers, _ = self.run(self.batch["images"])
            for answer in answers.values():
                answer.numpy()

    def gradients(self):
        fresh = Network(self.network.plan, self.values)
        fresh.train()
        loss = total(self.terms, self.batch, *fresh(self.batch["images"]))
        loss.backward()
        gradients = {}
        for layer in fresh.plan["layers"]:
            for weight in layer["weights"]:
                grad = fresh.weights[weight["name"]].grad
                if grad is not None:
                    gradients[weight["name"]] = from_torch(
                        layer["op"], role_of(weight), grad, weight["shape"]
                    )
        return loss.item(), gradients


player.play(f"PyTorch {torch.__version__}", torch.get_num_threads(), started, Player())
