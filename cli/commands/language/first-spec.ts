/** What `cmrc init` writes: a whole spec that trains in a minute without data. */
export const firstSpec = `cmrnet 1

/// What every convolution is followed by.
block Unit(channels: int, stride: int = 1) {
  input x: [h, w, _]
  output x
    |> conv(channels, 3, stride = stride, bias = false)
    |> batch_norm(momentum = 0.9)
    |> relu()
}

/// One encoder, a decoder that draws the heart muscle, and a classifier.
network Heart(width: int in 2 .. 64 = 8) {
  input image: [64, 64, 1]

  stage encoder {
    let fine   = image |> Unit(width) |> Unit(width)
    let middle = fine |> Unit(2 * width, stride = 2) |> Unit(2 * width)
    let coarse = middle |> Unit(4 * width, stride = 2) |> Unit(4 * width)
    let deep   = coarse |> Unit(8 * width, stride = 2) |> Unit(8 * width)
  }

  stage decoder {
    let coarse = concat(encoder.deep |> resize(16, 16), encoder.coarse) |> Unit(4 * width)
    let middle = concat(coarse |> resize(32, 32), encoder.middle) |> Unit(2 * width)
    let fine   = concat(middle |> resize(64, 64), encoder.fine) |> Unit(width)
  }

  head segmentation: mask = decoder.fine |> conv(1, kernel = 1) |> sigmoid()
  head diagnosis: label = encoder.deep |> global_avg_pool() |> dense(1) |> sigmoid()
}

/// Hearts that are drawn, so that this needs no data. For your own images: \`manifest = "data/mine.yaml"\`.
dataset Hearts {
  source   = phantom(images = 48, seed = 1, diseased = 25%)
  image    = [128, 128, 1]
  fit      = resize(64, 64)
  classes  = ["healthy", "diseased"]
  positive = "healthy"
}

/// How to train, and what to report.
experiment First {
  model = Heart()
  data  = Hearts
  loss  = 0.45 * jaccard(segmentation) + 0.45 * bce(segmentation) + 0.1 * bce(diagnosis)

  train {
    optimizer   = rmsprop(lr = 0.003)
    epochs      = 8
    batch       = 4
    seed        = 1
    recalibrate = 8
  }

  evaluate {
    folds        = holdout(25%, stratify = diagnosis)
    segmentation = [dsc, jaccard]
    diagnosis    = [accuracy, sensitivity, specificity, auc]
  }
}
`;
