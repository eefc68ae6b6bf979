/**
 * The ONNX wire format: bytes of a `.onnx` file ↔ an `OnnxModel`.
 *
 * The only file that knows protocol buffers. Reading keeps what the record has room for and refuses what would
 * change the meaning (subgraphs, sparse or external tensors); documentation and metadata are left out.
 */

import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as ElementCode,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  type TensorProtoSchema,
  type ValueInfoProto,
  type ValueInfoProtoSchema,
} from "onnx-buf";
import { InputError, UnsupportedError } from "../../errors.ts";
import type { DataType, Tensor, TensorArrays } from "../../tensor.ts";
import { widenBfloat16 } from "../bfloat16.ts";
import { hostIsLittleEndian, reversedItems } from "../byte-order.ts";
import { widenFloat16 } from "../float16.ts";
import { itemSizes, tensorOfNativeBytes } from "../tensor-bytes.ts";
import type {
  OnnxAttribute,
  OnnxModel,
  OnnxNode,
  OnnxValue,
  StoredInitializer,
  StoredInitializers,
} from "./model.ts";

type Codes = { readonly [D in DataType]: ElementCode };

const elementCodes: Codes = {
  float64: ElementCode.DOUBLE,
  float32: ElementCode.FLOAT,
  float16: ElementCode.FLOAT16,
  bfloat16: ElementCode.BFLOAT16,
  int64: ElementCode.INT64,
  uint64: ElementCode.UINT64,
  int32: ElementCode.INT32,
  uint32: ElementCode.UINT32,
  int16: ElementCode.INT16,
  uint16: ElementCode.UINT16,
  int8: ElementCode.INT8,
  uint8: ElementCode.UINT8,
  bool: ElementCode.BOOL,
};

/**
 * The bytes of a `.onnx` file.
 *
 * @throws UnsupportedError `unsupported-type` for float16 tensors, which are held widened here
 */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const { graph } = model;
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(model.irVersion),
      producerName: model.producer,
      opsetImport: Object.entries(model.opsets).map(([domain, version]) => ({
        domain,
        version: BigInt(version),
      })),
      graph: {
        name: graph.name,
        node: graph.nodes.map((node) => ({
          name: node.name,
          opType: node.opType,
          domain: node.domain,
          input: [...node.inputs],
          output: [...node.outputs],
          attribute: Object.entries(node.attributes).map(attributeToProto),
        })),
        initializer: graph.initializers.map(({ name, tensor }) => tensorToProto(tensor, name)),
        input: graph.inputs.map(valueToProto),
        output: graph.outputs.map(valueToProto),
      },
    }),
  );
}

/**
 * Reads the bytes of a `.onnx` file.
 *
 * @param source  what the file is called in messages
 * @throws InputError `bad-onnx` where the bytes are no ONNX model; UnsupportedError `unsupported-onnx` for subgraphs,
 *   functions, sparse tensors, values outside the file and element types without an array of their own
 */
export function decodeOnnx(bytes: Uint8Array, source = "model"): OnnxModel {
  const model = parse(bytes, source);
  const where = `onnx "${source}"`;
  const { graph } = model;
  if (graph === undefined || model.irVersion === 0n) {
    throw badOnnx(where, `a model with a graph, got ${bytes.length} bytes without one`);
  }
  if (model.functions.length > 0) throw unsupported(where, `local function "${model.functions[0].name}"`);
  return {
    irVersion: Number(model.irVersion),
    producer: model.producerName,
    opsets: Object.fromEntries(
      model.opsetImport.map((set) => [plainDomain(set.domain), Number(set.version)]),
    ),
    graph: {
      name: graph.name,
      nodes: graph.node.map((node) => nodeFromProto(node, where)),
      initializers: initializersOf(graph, where),
      inputs: graph.input.map((value) => valueFromProto(value, where)),
      outputs: graph.output.map((value) => valueFromProto(value, where)),
    },
  };
}

function parse(bytes: Uint8Array, source: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError({
      code: "bad-onnx",
      message: `onnx "${source}": expected a model in protocol buffers, got ${bytes.length} bytes that end or break off early (${reason}); copy the file again`,
      cause,
    });
  }
}

/**
 * The initializers of a `.onnx` file, whatever its nodes are.
 *
 * @param source  what the file is called in messages
 * @throws InputError `bad-onnx`
 */
export function decodeInitializers(bytes: Uint8Array, source: string): StoredInitializers {
  const model = parse(bytes, source);
  const where = `onnx "${source}"`;
  const { graph } = model;
  if (graph === undefined || model.irVersion === 0n) {
    throw badOnnx(where, `a model with a graph, got ${bytes.length} bytes without one`);
  }
  const ownTensors = (node: NodeProto) =>
    node.attribute.some(({ t, g, tensors, graphs }) => t || g || tensors.length + graphs.length > 0);
  return {
    producer: model.producerName,
    initializers: graph.initializer.map((proto) => ({
      name: proto.name,
      storedType: ElementCode[proto.dataType] ?? String(proto.dataType),
      dtype: knownType(proto.dataType),
      shape: shapeOf(proto, where),
      external: externalPlace(proto, where),
      values: () => tensorFromProto(proto, where),
    })),
    sparse: graph.sparseInitializer.map(({ values }, k) => values?.name || `sparse initializer ${k}`),
    nodesWithTensors: graph.node.filter(ownTensors).length,
  };
}

function externalPlace(proto: TensorProto, where: string): StoredInitializer["external"] {
  if (proto.dataLocation !== TensorProto_DataLocation.EXTERNAL) return null;
  const fields = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = fields.get("location");
  const [offset, length] = [fields.get("offset") ?? "0", fields.get("length") ?? null];
  const isCount = (text: string) => /^\d{1,15}$/.test(text);
  if (location === undefined || !isCount(offset) || (length !== null && !isCount(length))) {
    const got = JSON.stringify(Object.fromEntries(fields)).slice(0, 200);
    throw badOnnx(where, `a location, an offset and a length for "${proto.name}", got ${got}`);
  }
  return { location, offset: Number(offset), length: length === null ? null : Number(length) };
}

function badOnnx(where: string, expectedAndGot: string): InputError {
  return new InputError({
    code: "bad-onnx",
    message: `${where}: expected ${expectedAndGot}; export the model again`,
  });
}

function unsupported(where: string, what: string): UnsupportedError {
  return new UnsupportedError({
    code: "unsupported-onnx",
    message: `${where}: expected plain nodes and tensors, got ${what}; export the model without it`,
  });
}

// "ai.onnx" and "" are two spellings of one domain.
const plainDomain = (domain: string) => (domain === "ai.onnx" ? "" : domain);

function nodeFromProto(node: NodeProto, where: string): OnnxNode {
  return {
    name: node.name,
    opType: node.opType,
    domain: plainDomain(node.domain),
    inputs: node.input,
    outputs: node.output,
    attributes: Object.fromEntries(
      node.attribute.map((attribute) => [attribute.name, attributeFromProto(attribute, node, where)]),
    ),
  };
}

const decodeText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function attributeFromProto(attribute: AttributeProto, node: NodeProto, where: string): OnnxAttribute {
  switch (attribute.type) {
    case AttributeType.FLOAT:
      return { kind: "float", value: attribute.f };
    case AttributeType.INT:
      return { kind: "int", value: Number(attribute.i) };
    case AttributeType.STRING:
      return { kind: "string", value: decodeText(attribute.s) };
    case AttributeType.FLOATS:
      return { kind: "floats", value: attribute.floats };
    case AttributeType.INTS:
      return { kind: "ints", value: attribute.ints.map(Number) };
    case AttributeType.STRINGS:
      return { kind: "strings", value: attribute.strings.map(decodeText) };
    case AttributeType.TENSOR:
      if (attribute.t === undefined) {
        throw badOnnx(where, `a tensor in attribute "${attribute.name}" of ${node.opType}, got none`);
      }
      return { kind: "tensor", value: tensorFromProto(attribute.t, where) };
    default:
      throw unsupported(
        where,
        `${AttributeType[attribute.type] ?? attribute.type} "${attribute.name}" in ${node.opType} "${node.name}"`,
      );
  }
}

function attributeToProto([name, attribute]: [string, OnnxAttribute]): MessageInitShape<
  typeof AttributeProtoSchema
> {
  const text = (value: string) => new TextEncoder().encode(value);
  switch (attribute.kind) {
    case "float":
      return { name, type: AttributeType.FLOAT, f: attribute.value };
    case "int":
      return { name, type: AttributeType.INT, i: BigInt(attribute.value) };
    case "string":
      return { name, type: AttributeType.STRING, s: text(attribute.value) };
    case "floats":
      return { name, type: AttributeType.FLOATS, floats: [...attribute.value] };
    case "ints":
      return { name, type: AttributeType.INTS, ints: attribute.value.map(BigInt) };
    case "strings":
      return { name, type: AttributeType.STRINGS, strings: attribute.value.map(text) };
    case "tensor":
      return { name, type: AttributeType.TENSOR, t: tensorToProto(attribute.value, "") };
  }
}

function valueToProto(value: OnnxValue): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = value.shape.map((size) =>
    typeof size === "number"
      ? { value: { case: "dimValue" as const, value: BigInt(size) } }
      : { value: { case: "dimParam" as const, value: size } },
  );
  return {
    name: value.name,
    type: {
      value: { case: "tensorType", value: { elemType: elementCodes[value.dtype], shape: { dim } } },
    },
  };
}

function valueFromProto(value: ValueInfoProto, where: string): OnnxValue {
  const type = value.type?.value;
  if (type?.case !== "tensorType") {
    throw unsupported(where, `value "${value.name}" of type ${type?.case ?? "unknown"}`);
  }
  const dims = type.value.shape?.dim ?? [];
  return {
    name: value.name,
    dtype: dataTypeOf(type.value.elemType, value.name, where),
    shape: dims.map(({ value: size }) =>
      size.case === "dimValue" ? Number(size.value) : size.case === "dimParam" ? size.value : "",
    ),
  };
}

function knownType(code: number): DataType | null {
  for (const [dtype, known] of Object.entries(elementCodes)) {
    // Object.entries forgets the key type, which the table's own type guarantees.
    if (known === code) return dtype as DataType;
  }
  return null;
}

function dataTypeOf(code: number, name: string, where: string): DataType {
  const known = knownType(code);
  if (known !== null) return known;
  throw unsupported(where, `"${name}" with elements of type ${ElementCode[code] ?? code}`);
}

function initializersOf(graph: GraphProto, where: string) {
  if (graph.sparseInitializer.length > 0) throw unsupported(where, "a sparse initializer");
  return graph.initializer.map((proto) => ({ name: proto.name, tensor: tensorFromProto(proto, where) }));
}

function tensorToProto(tensor: Tensor, name: string): MessageInitShape<typeof TensorProtoSchema> {
  if (tensor.dtype === "float16" || tensor.dtype === "bfloat16") {
    throw new UnsupportedError({
      code: "unsupported-type",
      message: `encodeOnnx: expected no ${tensor.dtype} tensor, got "${name}"; convert it to float32`,
    });
  }
  const { data } = tensor;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  const rawData = hostIsLittleEndian ? bytes : reversedItems(bytes, data.BYTES_PER_ELEMENT).slice();
  return { name, dims: tensor.shape.map(BigInt), dataType: elementCodes[tensor.dtype], rawData };
}

function tensorFromProto(proto: TensorProto, where: string): Tensor {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    throw unsupported(where, `tensor "${proto.name}" whose values lie in another file`);
  }
  const dtype = dataTypeOf(proto.dataType, proto.name, where);
  const shape = shapeOf(proto, where);
  const length = shape.reduce((product, size) => product * size, 1);
  const data = proto.rawData.length > 0 ? rawValues(dtype, proto.rawData) : listedValues(dtype, proto);
  if (data === null || data.length !== length) {
    throw badOnnx(
      where,
      `${length} values of "${proto.name}" (${dtype}[${shape}]), got ${data?.length ?? `${proto.rawData.length} bytes`}`,
    );
  }
  // `dtype` chose the array, which the compiler cannot follow through the union.
  return { dtype, shape, data } as Tensor;
}

function shapeOf(proto: TensorProto, where: string): readonly number[] {
  const shape = proto.dims.map(Number);
  const length = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 8);
  if (shape.every((size) => size >= 0) && Number.isSafeInteger(length)) return shape;
  throw badOnnx(where, `sizes ≥ 0 with a product below 2^50 for "${proto.name}", got [${shape}]`);
}

function rawValues(dtype: DataType, raw: Uint8Array): TensorArrays[DataType] | null {
  const width = itemSizes[dtype];
  if (raw.length % width !== 0) return null;
  // A copy: the model's values outlive its bytes, and may be written to.
  const native = hostIsLittleEndian ? raw.slice() : reversedItems(raw, width);
  return tensorOfNativeBytes(dtype, [raw.length / width], native).data;
}

/** The values of a tensor stored as numbers; the narrow types share the list of 32-bit integers. */
function listedValues(dtype: DataType, proto: TensorProto): TensorArrays[DataType] {
  switch (dtype) {
    case "float64":
      return Float64Array.from(proto.doubleData);
    case "float32":
      return Float32Array.from(proto.floatData);
    case "int64":
      return BigInt64Array.from(proto.int64Data);
    case "uint64":
      return BigUint64Array.from(proto.uint64Data);
    case "uint32":
      return Uint32Array.from(proto.uint64Data, Number);
    case "float16":
      return widenFloat16(Uint16Array.from(proto.int32Data));
    case "bfloat16":
      return widenBfloat16(Uint16Array.from(proto.int32Data));
    case "int32":
      return Int32Array.from(proto.int32Data);
    case "int16":
      return Int16Array.from(proto.int32Data);
    case "uint16":
      return Uint16Array.from(proto.int32Data);
    case "int8":
      return Int8Array.from(proto.int32Data);
    case "uint8":
    case "bool":
      return Uint8Array.from(proto.int32Data);
  }
}
