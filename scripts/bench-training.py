"""The training steps of bench-training.ts in PyTorch, timed on request.

Reads one JSON object a line from standard input and answers with one:

    {"prepare": ROW, "steps": N}                      builds the row -> {"losses": [...]} of its first N steps
    {"threads": N, "products": M, "seconds": S}       steps for about S seconds -> {"wall": [ms, ...], "cpu": [ms, ...]}

N threads are for PyTorch's own loops, M for the matrix products where those are OpenBLAS's. The first line it writes says
what runs. Weights and examples come from the same integer hash as there.
"""

import ctypes
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

BLOCK = 1 << 22
MASK = 0xFFFFFFFF


def uniform(seed, shape, scale=1.0, low=-1.0):
    """Numbers in [low, 1) times scale, by the finaliser of MurmurHash3 of place and seed."""
    count = 1
    for size in shape:
        count *= size
    values = torch.empty(count)
    for start in range(0, count, BLOCK):
        h = torch.arange(start, min(count, start + BLOCK)) + seed * 0x01000193
        h = h & MASK
        h = ((h ^ (h >> 16)) * 0x85EBCA6B) & MASK
        h = ((h ^ (h >> 13)) * 0xC2B2AE35) & MASK
        h = h ^ (h >> 16)
        values[start : start + BLOCK] = ((h.double() / 2**32 * (1 - low) + low) * scale).float()
    return values.reshape(shape)


def labels(count):
    return (uniform(99, [count], 10.0, 0.0)).long()


def parameters(shapes):
    """One uniform tensor for each [seed, shape, scale]."""
    return [uniform(seed, shape, scale).requires_grad_() for seed, shape, scale in shapes]


def regression(spec):
    x = uniform(50, [spec["examples"], spec["inputs"]])
    target = x @ uniform(51, [spec["inputs"], 1], spec["scale"])
    weights = parameters(spec["weights"])
    return weights, lambda: F.mse_loss(x @ weights[0].T, target)


def mlp(spec):
    x = uniform(50, [spec["batch"], 784], 1.0, 0.0)
    y = labels(spec["batch"])
    weights = parameters(spec["weights"])
    w1, b1, w2, b2, w3, b3 = weights

    def loss():
        hidden = F.relu(F.linear(x, w1, b1))
        hidden = F.relu(F.linear(hidden, w2, b2))
        return F.cross_entropy(F.linear(hidden, w3, b3), y)

    return weights, loss


def rnn(spec):
    x = uniform(50, [spec["steps"], spec["batch"], 28], 1.0, 0.0)
    y = labels(spec["batch"])
    weights = parameters(spec["weights"])
    recurrent = nn.RNN(28, spec["hidden"])
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    with torch.no_grad():
        for name, weight in zip(names, weights):
            getattr(recurrent, name).copy_(weight)
    read_out = weights[4:]

    def loss():
        states, _ = recurrent(x)
        return F.cross_entropy(F.linear(states[-1], *read_out), y)

    return [getattr(recurrent, name) for name in names] + read_out, loss


def cnn(spec):
    x = uniform(50, [spec["batch"], 1, 28, 28], 1.0, 0.0)
    y = labels(spec["batch"])
    weights = parameters(spec["weights"])
    w1, b1, w2, b2, w3, b3 = weights

    def loss():
        maps = F.max_pool2d(F.relu(F.conv2d(x, w1, b1, padding=1)), 2)
        maps = F.max_pool2d(F.relu(F.conv2d(maps, w2, b2, padding=1)), 2)
        return F.cross_entropy(F.linear(maps.flatten(1), w3, b3), y)

    return weights, loss


MODELS = {"regression": regression, "mlp": mlp, "rnn": rnn, "cnn": cnn}


def stepper(spec):
    """A function that makes one step of mirror descent and returns the loss before it."""
    weights, loss_of = MODELS[spec["model"]](spec)
    buffers = [torch.zeros_like(weight) for weight in weights]
    rate = spec["learningRate"]

    def step():
        loss = loss_of()
        for weight in weights:
            weight.grad = None
        loss.backward()
        with torch.no_grad():
            for weight, buffer in zip(weights, buffers):
                buffer.mul_(0.9).add_(weight.grad)
                weight.mul_(torch.exp(-rate * torch.sign(weight) * buffer))
        return loss

    return step


def measure(step, seconds):
    step()
    wall, cpu = [], []
    end = time.perf_counter() + seconds
    while not wall or time.perf_counter() < end:
        started, worked = time.perf_counter(), time.process_time()
        step()
        cpu.append((time.process_time() - worked) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return {"wall": wall, "cpu": cpu}


def product_libraries():
    """The files that do the matrix products, among those that the process has open."""
    if sys.platform != "linux":
        return []
    with open("/proc/self/maps") as maps:
        files = {line.split()[-1] for line in maps}
    return sorted(name for name in files if "/lib" in name and ("blas" in name.rsplit("/")[-1] or "mkl_rt" in name))


def set_threads(threads, products):
    torch.set_num_threads(threads)
    for name in product_libraries():
        library = ctypes.CDLL(name)
        if hasattr(library, "openblas_set_num_threads"):
            library.openblas_set_num_threads(products)


def product_speed(size=1024):
    """Operations a millisecond of one large product on one thread."""
    set_threads(1, 1)
    a = torch.ones(size, size)
    return 2 * size**3 / min(measure(lambda: a @ a, 0.5)["cpu"])


def answer(message):
    print(json.dumps(message), flush=True)


def main():
    answer({"torch": torch.__version__, "libraries": product_libraries(), "operations": product_speed()})
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        if "prepare" in request:
            step = stepper(request["prepare"])
            answer({"losses": [step().item() for _ in range(request["steps"])]})
        else:
            set_threads(request["threads"], request["products"])
            answer(measure(step, request["seconds"]))


main()
