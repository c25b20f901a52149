"""TensorFlow with Keras' optimizers as a player: runs any layers plan as two graphs, one for training, one for inference.

Weights and maps are ours as they are: [batch, height, width, channels], [rows, columns, in, out].
"""

import time

started = time.perf_counter()

import player

try:
    import tensorflow as tf
except ImportError as error:
    player.refuse(str(error))

settings = player.settings
tf.config.threading.set_intra_op_parallelism_threads(settings["threads"])
tf.config.threading.set_inter_op_parallelism_threads(1)


def padded(x, kernel, attributes, value=0.0):
    """The map with a window's padding written out, where TensorFlow's own words are not enough."""
    sides = [
        player.window(
            x.shape[1 + axis],
            kernel[axis],
            attributes["stride"][axis],
            attributes.get("rate", [1, 1])[axis],
            attributes["padding"],
        )
        for axis in (0, 1)
    ]
    return tf.pad(x, [(0, 0), *sides, (0, 0)], constant_values=value)


def conv(x, kernel, attributes):
    return tf.nn.conv2d(
        x,
        kernel,
        attributes["stride"],
        attributes["padding"].upper(),
        dilations=attributes["rate"],
    )


def depthwise(x, kernel, attributes):
    # Strides and rates together, and unequal strides, are refused: slide densely, then keep what the stride keeps.
    rows, columns = attributes["stride"]
    x = padded(x, kernel.shape[:2], attributes)
    y = tf.nn.depthwise_conv2d(x, kernel, [1, 1, 1, 1], "VALID", dilations=attributes["rate"])
    return y[:, ::rows, ::columns] if rows * columns > 1 else y


def batch_norm(x, weights, attributes, training):
    gamma, beta, mean, variance = weights
    shape = x.shape
    if len(shape) == 2:
        x = x[:, None, None, :]
    if not training:
        y, _, _ = tf.compat.v1.nn.fused_batch_norm(
            x, gamma, beta, mean, variance, attributes["epsilon"], is_training=False
        )
        return tf.reshape(y, [-1, *shape[1:]])
    y, batch_mean, batch_variance = tf.compat.v1.nn.fused_batch_norm(
        x, gamma, beta, epsilon=attributes["epsilon"], is_training=True
    )
    keep = attributes["momentum"]
    mean.assign(keep * mean + (1 - keep) * batch_mean)
    variance.assign(keep * variance + (1 - keep) * batch_variance)
    return tf.reshape(y, [-1, *shape[1:]])


def group_norm(x, gamma, beta, groups, epsilon):
    _, height, width, channels = x.shape
    split = tf.reshape(x, [-1, height, width, groups, channels // groups])
    mean, variance = tf.nn.moments(split, [1, 2, 4], keepdims=True)
    y = (split - mean) * tf.math.rsqrt(variance + epsilon)
    return tf.reshape(y, [-1, height, width, channels]) * gamma + beta


def multiply(a, b):
    if len(a.shape) < len(b.shape):
        a, b = b, a
    return a * (b if len(a.shape) == len(b.shape) else b[:, None, None, :])


def border(x, attributes, sign):
    if sign > 0:
        rows = (attributes["top"], attributes["bottom"])
        return tf.pad(x, [(0, 0), rows, (attributes["left"], attributes["right"]), (0, 0)])
    _, height, width, _ = x.shape
    return x[
        :,
        attributes["top"] : height - attributes["bottom"],
        attributes["left"] : width - attributes["right"],
    ]


def resize(x, attributes):
    method = "bilinear" if attributes["method"] == "bilinear" else "nearest"
    return tf.image.resize(x, (attributes["height"], attributes["width"]), method)


class Network:
    def __init__(self, plan, values):
        self.plan = plan
        self.layers = {layer["name"]: layer for layer in plan["layers"]}
        self.weights = {
            weight["name"]: tf.Variable(values[weight["name"]], trainable=weight["trainable"])
            for layer in plan["layers"]
            for weight in layer["weights"]
        }
        self.trained = {name: value for name, value in self.weights.items() if value.trainable}

    def __call__(self, images, training):
        values = []
        for node in self.plan["nodes"]:
            inputs = [values[index] for index in node["inputs"]]
            if node["layer"] is None:
                values.append(images)
            else:
                values.append(self.apply(node, inputs, training))
        return {head["name"]: values[head["node"]] for head in self.plan["heads"]}, {
            head["name"]: values[self.plan["nodes"][head["node"]]["inputs"][0]]
            for head in self.plan["heads"]
        }

    def apply(self, node, inputs, training):
        layer = self.layers[node["layer"]]
        op, attributes = layer["op"], layer["attributes"]
        weights = [self.weights[weight["name"]] for weight in layer["weights"]]
        x = inputs[0]

        def biased(y):
            return tf.nn.bias_add(y, weights[-1]) if attributes["bias"] else y

        if op == "conv":
            return biased(conv(x, weights[0], attributes))
        if op == "depthwise_conv":
            return biased(depthwise(x, weights[0], attributes))
        if op == "separable_conv":
            between = depthwise(x, weights[0], attributes)
            return biased(tf.nn.conv2d(between, weights[1], 1, "VALID"))
        if op == "conv_transpose":
            shape = [tf.shape(x)[0], *node["shape"]]
            padding = attributes["padding"].upper()
            return biased(
                tf.nn.conv2d_transpose(x, weights[0], shape, attributes["stride"], padding)
            )
        if op == "batch_norm":
            return batch_norm(x, weights, attributes, training)
        if op == "group_norm":
            return group_norm(x, *weights, attributes["groups"], attributes["epsilon"])
        if op == "instance_norm":
            return group_norm(x, *weights, x.shape[3], attributes["epsilon"])
        if op == "dense":
            return biased(tf.matmul(x, weights[0]))
        if op in ("max_pool", "avg_pool"):
            pool = tf.nn.max_pool2d if op == "max_pool" else tf.nn.avg_pool2d
            return pool(x, attributes["size"], attributes["stride"], attributes["padding"].upper())
        if op == "concat":
            return tf.concat(inputs, -1)
        if op == "add":
            return sum(inputs[1:], x)
        if op == "multiply":
            return multiply(*inputs)
        if op in ("pad", "crop"):
            return border(x, attributes, 1 if op == "pad" else -1)
        if op == "dropout":
            return tf.nn.dropout(x, attributes["rate"]) if training else x
        if op == "resize":
            return resize(x, attributes)
        if op == "depth_to_space":
            return tf.nn.depth_to_space(x, attributes["factor"])
        if op == "leaky_relu":
            return tf.nn.leaky_relu(x, attributes["slope"])
        if op == "elu":
            return tf.where(x > 0, x, attributes["alpha"] * (tf.exp(tf.minimum(x, 0.0)) - 1))
        return {
            "relu": tf.nn.relu,
            "swish": tf.nn.silu,
            "sigmoid": tf.sigmoid,
            "softmax": tf.nn.softmax,
            "global_avg_pool": lambda value: tf.reduce_mean(value, [1, 2]),
            "global_max_pool": lambda value: tf.reduce_max(value, [1, 2]),
            "flatten": lambda value: tf.reshape(value, [tf.shape(value)[0], -1]),
        }[op](x)


def loss_of(term, truth, predicted, logits):
    """Cross entropies are of logits, as ours are."""
    kind = term["loss"]
    if kind in ("jaccard", "dice"):
        over = list(range(1, len(truth.shape) - 1))
        both = tf.reduce_sum(truth * predicted, over) if over else truth * predicted
        either = tf.reduce_sum(truth + predicted, over) if over else truth + predicted
        if term["reduction"] == "batch":
            both, either = tf.reduce_sum(both, 0), tf.reduce_sum(either, 0)
        part, whole = (both, either - both) if kind == "jaccard" else (2 * both, either)
        return tf.reduce_mean(1 - (part + term["smooth"]) / (whole + term["smooth"]))
    if kind == "bce":
        return tf.reduce_mean(
            tf.nn.sigmoid_cross_entropy_with_logits(smoothed(truth, term, 2), logits)
        )
    if kind == "cross_entropy":
        soft = smoothed(truth, term, truth.shape[-1])
        return -tf.reduce_mean(soft * tf.nn.log_softmax(logits)) * truth.shape[-1]
    yes, no = tf.math.log_sigmoid(logits), tf.math.log_sigmoid(-logits)
    hits = truth * term["alpha"] * tf.exp(term["gamma"] * no) * yes
    misses = (1 - truth) * (1 - term["alpha"]) * tf.exp(term["gamma"] * yes) * no
    return -tf.reduce_mean(hits + misses)


def smoothed(truth, term, answers):
    share = term.get("smoothing", 0)
    return truth * (1 - share) + share / answers


def optimizer_of(rule):
    if rule["kind"] == "rmsprop":
        return tf.keras.optimizers.RMSprop(rule["lr"], rho=rule["rho"], epsilon=rule["epsilon"])
    if rule["kind"] == "adam":
        return tf.keras.optimizers.Adam(
            rule["lr"], rule["beta1"], rule["beta2"], epsilon=rule["epsilon"]
        )
    return tf.keras.optimizers.SGD(rule["lr"], rule["momentum"])


class Player:
    def __init__(self):
        plan = player.read_plan()
        self.terms = plan["loss"]
        self.rule = plan["train"]["optimizer"]
        self.values = player.read_tensors("weights.safetensors")
        self.network = Network(plan["network"], self.values)
        self.optimizer = optimizer_of(self.rule)
        self.optimizer.build(list(self.network.trained.values()))
        batch = player.read_tensors("batch.safetensors")
        self.batch = {name: tf.constant(values) for name, values in batch.items()}
        self.train = tf.function(self.change)
        self.infer = tf.function(lambda images: self.network(images, False)[0])

    def graded(self, network, batch):
        with tf.GradientTape() as tape:
            values, logits = network(batch["images"], True)
            loss = sum(
                term["weight"]
                * loss_of(term, batch[term["head"]], values[term["head"]], logits[term["head"]])
                for term in self.terms
            )
        return loss, tape.gradient(loss, network.trained)

    def change(self, batch):
        loss, gradients = self.graded(self.network, batch)
        pairs = [(gradients[name], weight) for name, weight in self.network.trained.items()]
        self.optimizer.apply_gradients(pairs)
        return loss

    def step(self, rate):
        self.optimizer.learning_rate.assign(self.rule["lr"] if rate is None else rate)
        return float(self.train(self.batch))

    def predict(self):
        for answer in self.infer(self.batch["images"]).values():
            answer.numpy()

    def gradients(self):
        fresh = Network(self.network.plan, self.values)
        loss, gradients = tf.function(lambda batch: self.graded(fresh, batch))(self.batch)
        return float(loss), {name: value.numpy() for name, value in gradients.items()}


player.play(f"TensorFlow {tf.__version__}", settings["threads"], started, Player())
