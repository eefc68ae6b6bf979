/** An ONNX model as a plain record: what the file says, nothing computed, nothing checked against the operators. */

import type { DataType, Tensor } from "../../tensor.ts";

export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** The operator set of each domain; "" is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly graph: OnnxGraph;
}

export interface OnnxGraph {
  readonly name: string;
  /** In the order of execution. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxInitializer {
  readonly name: string;
  readonly tensor: Tensor;
}

/** A named value; a size is a number where it is fixed, a text where it has only a name ("" without one). */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** Names of values; "" leaves an optional input or output out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute =
  | { readonly kind: "float" | "int"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "floats" | "ints"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor };

/** An initializer whose values are read when asked for. */
export interface StoredInitializer {
  readonly name: string;
  /** The type in ONNX's own word, such as `FLOAT8E4M3FN`. */
  readonly storedType: string;
  /** null for a type that Syngeo does not hold. */
  readonly dtype: DataType | null;
  readonly shape: readonly number[];
  /** Where the values lie in another file; null where they are here. */
  readonly external: {
    readonly location: string;
    readonly offset: number;
    readonly length: number | null;
  } | null;
  /** The values in this file. @throws InputError `bad-onnx` where they do not fit the shape */
  values(): Tensor;
}

export interface StoredInitializers {
  readonly producer: string;
  readonly initializers: readonly StoredInitializer[];
  readonly sparse: readonly string[];
  /** How many nodes carry tensors or graphs of their own. */
  readonly nodesWithTensors: number;
}
