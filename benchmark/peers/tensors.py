"""Arrays of float32 in safetensors files, as our side writes and reads them."""

import json

import numpy


def read_tensors(path):
    """Arrays by name."""
    with open(path, "rb") as file:
        data = file.read()
    length = int.from_bytes(data[:8], "little")
    start = 8 + length
    tensors = {}
    for key, entry in json.loads(data[8:start]).items():
        if key == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(data[start + begin : start + end], "<f4")
        tensors[key] = values.reshape(entry["shape"]).copy()
    return tensors


def write_tensors(path, tensors):
    header, offset = {}, 0
    for name, values in tensors.items():
        header[name] = {
            "dtype": "F32",
            "shape": list(values.shape),
            "data_offsets": [offset, offset + 4 * values.size],
        }
        offset += 4 * values.size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for values in tensors.values():
            file.write(numpy.ascontiguousarray(values, "<f4").tobytes())
