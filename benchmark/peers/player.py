"""What all players in Python share: reading a workload, and the protocol of ../protocol.ts."""

import json
import os
import resource
import sys
import time

import tensors

settings = json.loads(sys.argv[1])


def read_plan():
    with open(os.path.join(settings["folder"], "plan.json")) as file:
        return json.load(file)


def read_tensors(name):
    """Arrays of a safetensors file of the workload by name."""
    return tensors.read_tensors(os.path.join(settings["folder"], name))


def window(size, kernel, stride, rate, padding):
    """Zeros before and after an axis: the TensorFlow rule."""
    if padding == "valid":
        return 0, 0
    extent = (kernel - 1) * rate + 1
    output = -(-size // stride)
    total = max(0, (output - 1) * stride + extent - size)
    return total // 2, total - total // 2


def refuse(reason):
    say({"ready": False, "reason": reason})
    sys.exit()


def say(message):
    print(json.dumps(message), flush=True)


def play(version, threads, started, player):
    """Answers requests. `player` has step(rate) -> loss, predict() and gradients() -> loss, arrays by name."""
    say(
        {
            "ready": True,
            "version": version,
            "threads": threads,
            "startMs": 1000 * (time.perf_counter() - started),
        }
    )
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "end":
            break
        if request["do"] == "step":
            say(timed(request["times"], lambda: player.step(request.get("rate"))))
        elif request["do"] == "predict":
            say(timed(request["times"], player.predict))
        elif request["do"] == "gradients":
            loss, gradients = player.gradients()
            tensors.write_tensors(request["file"], gradients)
            say({"loss": loss})
        elif request["do"] == "memory":
            say(memory())
        else:
            raise ValueError(request["do"])


def timed(times, work):
    milliseconds, processor, losses = [], [], []
    for _ in range(times):
        begin, used = time.perf_counter(), time.process_time()
        loss = work()
        milliseconds.append(1000 * (time.perf_counter() - begin))
        processor.append(1000 * (time.process_time() - used))
        if loss is not None:
            losses.append(loss)
    return {"milliseconds": milliseconds, "processor": processor, "losses": losses}


def memory():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    resident = peak
    try:
        with open("/proc/self/statm") as file:
            resident = int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        pass
    return {"resident": resident, "peak": peak, "tensors": None}
