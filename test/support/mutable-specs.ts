/** A sound spec with most of what the language has. */
export const wholeSpec = `cmrnet 1

block Unit(channels: int, rate: int = 1) {
  input x: [h, w, _]
  output x |> conv(channels, rate = rate, bias = false) |> batch_norm() |> relu()
}

/// Two paths of one input, added.
@paper("Sec. 3.1")
block Twice(channels: int, rates: int[2] = [1, 2], padding: "same" | "valid" = "same") {
  input x: [h, w, _]
  layer merge = conv(channels, kernel = 1, padding = padding)
  let near = x |> Unit(channels, rate = rates[0]) |> merge
  let far  = x |> Unit(channels, rate = rates[1])
  output near + far : [h, w, channels]
}

network Small(width: int in 4 .. 64 = 8, slope: real = 0.1) {
  input image: [64, 64, 1]

  stage encoder {
    let first  = image |> Twice(width)
    let chain  = first |> max_pool(2) |> serial r in [1, 2] { Unit(2 * width, rate = r) }
    let second = concat(...butlast(chain), last(chain)) |> Twice(2 * width, rates = [1, 3])
  }

  stage decoder {
    let up     = encoder.second |> Unit(4 * width) |> leaky_relu(slope = slope) |> depth_to_space(2)
    let joined = concat(up, encoder.first) |> Unit(width)
  }

  head segmentation: mask = decoder.joined |> conv(1, kernel = 1) |> sigmoid()
  head diagnosis: label = encoder.second |> global_avg_pool() |> dense(1) |> sigmoid()
}

dataset Hearts {
  source   = phantom(images = 32, seed = 7)
  fit      = [longest(64), center(64, 64)]
  classes  = ["healthy", "diseased"]
  positive = "healthy"
}

experiment First(seg_weight: real in 0 .. 1 = 0.5) {
  model = Small()
  data  = Hearts
  loss  = seg_weight * bce(segmentation) + (1 - seg_weight) * bce(diagnosis)

  train {
    optimizer   = rmsprop(lr = 0.003)
    epochs      = 4
    batch       = 4
    recalibrate = 4
    head_bias   = zero
  }

  augment {
    rotate = -15deg .. 15deg
    shift  = -10% .. 10%
  }

  evaluate {
    folds        = holdout(25%)
    aggregate    = pooled
    threshold    = 0.5
    segmentation = [dsc, jaccard]
    diagnosis    = [accuracy, auc]
  }
}

variant Wide of First {
  model.width = 16
}

sweep Widths of First {
  vary (model.width, train.batch) in [(8, 4), (16, 8)]
  report segmentation.dsc, diagnosis.auc
}

compare Both of [First, Wide] {
  report segmentation.dsc
}
`;

/** A sound spec of a network and its experiment, whose data are files. */
export const plainSpec = `cmrnet 1

network Pixels(width: int = 4) {
  input image: [32, 32, 1]
  let deep = image |> conv(width) |> relu() |> conv(width, rate = 2) |> relu()
  let wide = image |> parallel k in [1, 3] { conv(width, kernel = k) }
  head heart: mask = concat(deep, ...wide) |> conv(3, kernel = 1) |> softmax()
}

dataset Files {
  manifest  = "../data/hearts.yaml"
  image     = [128, 128, 1]
  fit       = [resize(32, 32)]
  intensity = percentile(1%, 99%)

  structures {
    cavity     = 1
    myocardium = 2
  }
}

experiment Plain {
  model = Pixels(width = 8)
  data  = Files
  loss  = 0.5 * dice(heart) + 0.5 * cross_entropy(heart)

  train {
    optimizer = adam(lr = 0.001)
    schedule  = cosine(final = 1%)
    epochs    = 10
    batch     = 4
  }

  evaluate {
    folds = kfold(5)
    heart = [dsc, hd95]
  }

  reported {
    heart.dsc = 82.14%
  }

  budget {
    hours  = 12
    memory = 8 GB
  }
}

sweep Rates of Plain {
  vary train.optimizer.lr in [0.001, 0.0003]
  train.epochs = 5
  report heart.dsc
}
`;

/** Small sound specs for mutations, quick to compile: together they use most of the language. */
export const mutableSpecs: readonly string[] = [
  `cmrnet 1

/// Two paths of one input, added.
@paper("Sec. 3.1")
block Twice(channels: int, rates: int[2] = [1, 2], padding: "same" | "valid" = "same") {
  input x: [h, w, _]
  layer merge = conv(channels, kernel = 1, padding = padding)
  let near = x |> conv(channels, rate = rates[0]) |> merge
  let far  = x |> conv(channels, rate = rates[1]) |> relu()
  output near + far : [h, w, channels]
}

network Small(width: int in 2 .. 64 = 2, slope: real = 0.1) {
  input image: [16, 16, 1]

  stage encoder {
    let first  = image |> Twice(width)
    let chain  = first |> max_pool(2) |> serial r in [1, 2] { conv(2 * width, rate = r) }
    let second = concat(...butlast(chain), last(chain)) |> Twice(2 * width, rates = [1, 3])
  }

  stage decoder {
    let up     = encoder.second |> conv(4 * width) |> leaky_relu(slope = slope) |> depth_to_space(2)
    let joined = concat(up, encoder.first) |> conv(width)
  }

  head segmentation: mask = decoder.joined |> conv(1, kernel = 1) |> sigmoid()
  head diagnosis: label = encoder.second |> global_avg_pool() |> dense(1) |> sigmoid()
}
`,
  `cmrnet 1

network Tiny(width: int = 2) {
  input image: [16, 16, 1]
  let deep = image |> conv(width)
  head heart: mask = deep |> conv(1, kernel = 1) |> sigmoid()
  head diagnosis: label = deep |> global_avg_pool() |> dense(1) |> sigmoid()
}

dataset Hearts {
  source   = phantom(images = 32, seed = 7)
  fit      = [longest(16), center(16, 16)]
  classes  = ["healthy", "diseased"]
  positive = "healthy"
}

experiment First(weight: real in 0 .. 1 = 0.5) {
  model = Tiny()
  data  = Hearts
  loss  = weight * bce(heart) + (1 - weight) * bce(diagnosis)

  train {
    optimizer   = rmsprop(lr = 0.003)
    epochs      = 4
    batch       = 4
    recalibrate = 4
    head_bias   = zero
    memory      = 400 MB
  }

  augment {
    rotate = -15deg .. 15deg
    shift  = -10% .. 10%
  }

  evaluate {
    folds     = holdout(25%)
    aggregate = pooled
    threshold = 0.5
    heart     = [dsc, jaccard]
    diagnosis = [accuracy, auc]
  }
}

variant Wide of First {
  model.width = 16
}

sweep Widths of First {
  vary (model.width, train.batch) in [(8, 4), (16, 8)]
  report heart.dsc, diagnosis.auc
}

compare Both of [First, Wide] {
  report heart.dsc
}
`,
  plainSpec,
];
