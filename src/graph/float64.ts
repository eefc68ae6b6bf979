import type { OpType } from "./attributes.ts";

/** The operators that ONNX Runtime 1.30 computes in float32 only, on the CPU; a test keeps this list exact. */
export const float32Only: readonly OpType[] = [
  "AveragePool",
  "Conv",
  "ConvTranspose",
  "Elu",
  "Erf",
  "Gelu", // by tanh it runs in float64, but with constants of single precision
  "GlobalAveragePool",
  "HardSigmoid",
  "HardSwish",
  "LeakyRelu",
  "Softplus",
];
