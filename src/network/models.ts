/** The networks of the field's experiments, composed of layers. */

import { InputError } from "../errors.ts";
import { Relu, Tanh } from "../graph/index.ts";
import { convolution, flatten, maxPool } from "./convolution.ts";
import { activation, type BiasKind, type Layer, sequential } from "./layer.ts";
import { linear } from "./linear.ts";
import { recurrent } from "./recurrent.ts";

/** Dense layers with a nonlinearity between them, called `fc1`, `fc2`, …: [examples, inputs] → [examples, outputs]. */
export function multilayerPerceptron(options: {
  readonly inputs: number;
  /** Neurons of each hidden layer, such as [512, 512]. */
  readonly hidden: readonly number[];
  readonly outputs: number;
  /** "relu" unless given. */
  readonly nonlinearity?: "relu" | "tanh";
  readonly bias?: BiasKind;
}): Layer {
  const { inputs, hidden, outputs, nonlinearity = "relu", bias = "plain" } = options;
  const sizes = [inputs, ...hidden, outputs];
  const layers = sizes.slice(1).flatMap((size, k): [string, Layer][] => {
    const dense: [string, Layer] = [`fc${k + 1}`, linear({ inputs: sizes[k], outputs: size, bias })];
    if (k === hidden.length) return [dense];
    return [dense, [`${nonlinearity}${k + 1}`, activation(nonlinearity === "relu" ? Relu : Tanh)]];
  });
  return sequential(Object.fromEntries(layers));
}

/**
 * A vanilla recurrent network whose last state is read out: [steps, examples, inputs] → [examples, outputs].
 *
 * The recurrent layer is called `rnn` and the read-out `fc`, as in the seed paper's files.
 *
 * @see Pogodin et al. 2024, "Synaptic weight distributions depend on the geometry of plasticity", ICLR, appendix
 */
export function recurrentNetwork(options: {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  /** "tanh" unless given. */
  readonly nonlinearity?: "relu" | "tanh";
  readonly bias?: BiasKind;
}): Layer {
  const { inputs, hidden, outputs, nonlinearity = "tanh", bias = "plain" } = options;
  return sequential({
    rnn: recurrent({ inputs, hidden, nonlinearity, bias }),
    fc: linear({ inputs: hidden, outputs, bias }),
  });
}

/**
 * A small convolutional network: for each number of channels a 3 × 3 convolution (`conv1`, …), max-pooling by 2 and
 * ReLU, then one dense layer (`fc`): [examples, 1, rows, columns] → [examples, outputs]. One run at a time.
 *
 * @throws InputError `bad-size` where so many poolings leave no pixel
 */
export function convolutionalNetwork(options: {
  readonly rows: number;
  readonly columns: number;
  /** Of each convolution, such as [32, 64]. */
  readonly channels: readonly number[];
  readonly outputs: number;
  readonly bias?: BiasKind;
}): Layer {
  const { rows, columns, channels, outputs, bias = "plain" } = options;
  const counts = [1, ...channels];
  const stages = channels.flatMap((count, k): [string, Layer][] => [
    [
      `conv${k + 1}`,
      convolution({ inputs: counts[k], outputs: count, kernel: [3, 3], padding: [1, 1], bias }),
    ],
    // The same as ReLU before pooling, with a quarter of the elements.
    [`pool${k + 1}`, maxPool(2)],
    [`relu${k + 1}`, activation(Relu)],
  ]);
  const half = (size: number) => channels.reduce((left) => Math.floor(left / 2), size);
  const pixels = half(rows) * half(columns);
  if (pixels === 0) {
    throw new InputError({
      code: "bad-size",
      message: `convolutionalNetwork: expected convolutions that leave a pixel of ${rows} × ${columns}, got ${channels.length}; give fewer channels, as each halves the image`,
    });
  }
  const inputs = counts[channels.length] * pixels;
  return sequential({
    ...Object.fromEntries(stages),
    flatten: flatten(),
    fc: linear({ inputs, outputs, bias }),
  });
}
