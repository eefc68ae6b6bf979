/** Layers over images: convolution, pooling, and from maps to vectors. */

import { AveragePool, Conv, Flatten, GlobalAveragePool, MaxPool } from "../graph/index.ts";
import { activation, type BiasKind, biasPlans, type Layer, weightPlan } from "./layer.ts";
import { biasValue } from "./linear.ts";

export interface ConvolutionOptions {
  /** Channels that come in and go out. */
  readonly inputs: number;
  readonly outputs: number;
  /** Rows and columns of the kernel. */
  readonly kernel: readonly [number, number];
  /** Rows and columns added on either side; [0, 0] unless given. */
  readonly padding?: readonly [number, number];
  /** [1, 1] unless given. */
  readonly stride?: readonly [number, number];
  /** [1, 1] unless given. */
  readonly dilation?: readonly [number, number];
  /** Groups of channels that do not see one another; 1 unless given. */
  readonly groups?: number;
  /** "plain" unless given. */
  readonly bias?: BiasKind;
}

/**
 * A convolution of images [examples, channels, rows, columns]: W [outputs, inputs/groups, rows, columns] called `weight`,
 * b [outputs] called `bias`, as in PyTorch. One run at a time.
 *
 * @example convolution({ inputs: 1, outputs: 32, kernel: [3, 3], padding: [1, 1] })
 */
export function convolution(options: ConvolutionOptions): Layer {
  const { inputs, outputs, kernel, padding = [0, 0], stride = [1, 1], dilation = [1, 1] } = options;
  const { groups = 1, bias = "plain" } = options;
  const shape = [outputs, inputs / groups, ...kernel];
  const fan = (inputs / groups) * kernel[0] * kernel[1];
  return {
    parameters: { weight: weightPlan(shape, fan), ...biasPlans("bias", bias, outputs, fan) },
    sideBySide: false,
    apply: (weights, x) =>
      Conv(x, weights.weight, biasValue(weights, "bias"), {
        pads: [...padding, ...padding],
        strides: stride,
        dilations: dilation,
        group: groups,
      }),
  };
}

/** The largest of each window of `size` × `size`, windows side by side. */
export function maxPool(size: number): Layer {
  return oneRun(activation((x) => MaxPool(x, { kernel_shape: [size, size], strides: [size, size] })));
}

/** The mean of each window of `size` × `size`, windows side by side. */
export function averagePool(size: number): Layer {
  return oneRun(activation((x) => AveragePool(x, { kernel_shape: [size, size], strides: [size, size] })));
}

/** The mean of each channel: [examples, channels]. */
export function globalAveragePool(): Layer {
  return oneRun(activation((x) => Flatten(GlobalAveragePool(x))));
}

/** Maps [examples, channels, rows, columns] as vectors [examples, channels·rows·columns]. */
export function flatten(): Layer {
  return oneRun(activation((x) => Flatten(x)));
}

const oneRun = (layer: Layer): Layer => ({ ...layer, sideBySide: false });
