/** What PyTorch writes into pickles: kinds of storage, element types, tensors on them, sizes and devices. */

import type { DataType } from "../../tensor.ts";
import { itemSizes } from "../tensor-bytes.ts";
import { type Call, callName, type KnownNames, pythonNames } from "./known-names.ts";
import { numpyNames } from "./numpy-names.ts";
import {
  badPickle,
  countsOf,
  type ElementType,
  isCount,
  itemsOf,
  type PickleValue,
  showValue,
  valueCount,
} from "./values.ts";

const known = (name: string, dtype: DataType): ElementType => ({ name, dtype, itemSize: itemSizes[dtype] });
const unknown = (name: string, itemSize: number): ElementType => ({ name, dtype: null, itemSize });

const storageElements: readonly ElementType[] = [
  known("DoubleStorage", "float64"),
  known("FloatStorage", "float32"),
  known("HalfStorage", "float16"),
  known("BFloat16Storage", "bfloat16"),
  known("LongStorage", "int64"),
  known("IntStorage", "int32"),
  known("ShortStorage", "int16"),
  known("CharStorage", "int8"),
  known("ByteStorage", "uint8"),
  known("BoolStorage", "bool"),
  known("UntypedStorage", "uint8"),
  unknown("ComplexFloatStorage", 8),
  unknown("ComplexDoubleStorage", 16),
  unknown("QInt8Storage", 1),
  unknown("QUInt8Storage", 1),
  unknown("QInt32Storage", 4),
  unknown("QUInt4x2Storage", 1),
  unknown("QUInt2x4Storage", 1),
];

const types: readonly DataType[] = [
  "float64",
  "float32",
  "float16",
  "bfloat16",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint64",
  "uint32",
  "uint16",
  "uint8",
  "bool",
];

const dtypeElements: readonly ElementType[] = [
  ...types.map((dtype) => known(dtype, dtype)),
  unknown("complex32", 4),
  unknown("complex64", 8),
  unknown("complex128", 16),
  unknown("float8_e4m3fn", 1),
  unknown("float8_e5m2", 1),
  unknown("float8_e4m3fnuz", 1),
  unknown("float8_e5m2fnuz", 1),
  unknown("qint8", 1),
  unknown("quint8", 1),
  unknown("qint32", 4),
];

/** Elements of storages by the qualified name of their class. */
const storages: ReadonlyMap<string, ElementType> = new Map(
  storageElements.flatMap((element) =>
    ["torch", "torch.cuda", "torch.storage"].map((module) => [`${module}.${element.name}`, element] as const),
  ),
);
const dtypes: ReadonlyMap<string, ElementType> = new Map(
  dtypeElements.map((element) => [`torch.${element.name}`, element] as const),
);

/** What a storage of a class holds, or null for anything that is not the name of such a class. */
export function storageElement(value: PickleValue | undefined): ElementType | null {
  return typeof value === "object" && value?.kind === "name" ? (storages.get(value.name) ?? null) : null;
}

/** `_rebuild_tensor(storage, offset, size, stride)`; later versions append what does not concern the values. */
const rebuildTensor: Call = (args, where) => tensor(args, null, where);

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata)` */
const rebuildTensor2: Call = (args, where) => withMetadata(args[6], () => tensor(args, null, where));

/** `_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, backward_hooks, dtype, metadata)` */
const rebuildTensor3: Call = (args, where) => {
  const type = args[6];
  const element = typeof type === "object" && type?.kind === "name" ? dtypes.get(type.name) : undefined;
  if (element === undefined) throw badPickle(where, "the type of a tensor", showValue(type ?? null, 1));
  return withMetadata(args[7], () => tensor(args, element, where));
};

/** Metadata say that the values are to be conjugated or negated, which is not done here. */
function withMetadata(metadata: PickleValue | undefined, make: () => PickleValue): PickleValue {
  const isPlain =
    metadata === undefined ||
    metadata === null ||
    (typeof metadata === "object" && metadata.kind === "dict" && metadata.entries.size === 0);
  return isPlain
    ? make()
    : { kind: "unsupported", what: "a tensor stored as the conjugate or negative of its values" };
}

function tensor(args: readonly PickleValue[], element: ElementType | null, where: string): PickleValue {
  const [storage, offset, size, stride] = args;
  const shape = countsOf(size);
  const strides = countsOf(stride);
  if (typeof storage !== "object" || storage?.kind !== "storage" || !isCount(offset)) {
    throw badPickle(where, "a storage and a place in it for a tensor", showArguments(args));
  }
  if (shape === null || strides === null || shape.length !== strides.length || valueCount(shape) === null) {
    throw badPickle(
      where,
      "sizes and strides of a tensor, ≥ 0 and at most 64",
      showArguments([size, stride]),
    );
  }
  return { kind: "array", storage, element, offset, shape, strides };
}

const showArguments = (args: readonly (PickleValue | undefined)[]) =>
  args.map((arg) => showValue(arg ?? null, 1)).join(", ") || "nothing";

/** `_rebuild_parameter(data, requires_grad, backward_hooks)`: a tensor that is learned. */
const rebuildParameter: Call = ([data], where) => {
  const kind = typeof data === "object" && data !== null ? data.kind : null;
  if (data !== undefined && (kind === "array" || kind === "unsupported" || kind === "empty-array"))
    return data;
  throw badPickle(where, "the tensor of a parameter", showValue(data ?? null, 1));
};

const unsupported =
  (what: string): Call =>
  () => ({ kind: "unsupported", what });

const size: Call = ([sizes], where) => {
  const items = sizes === undefined ? [] : itemsOf(sizes);
  if (items === null) throw badPickle(where, "the sizes of torch.Size", showValue(sizes ?? null, 1));
  return { kind: "tuple", items: [...items] };
};

const shownAs =
  (name: string): Call =>
  (args) => ({ kind: "text", text: `${name}${showValue({ kind: "tuple", items: [...args] }, 1)}` });

/** Functions that make a tensor. */
const makers: ReadonlyMap<string, Call> = new Map([
  ["torch._utils._rebuild_tensor", rebuildTensor],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor2],
  ["torch._utils._rebuild_tensor_v3", rebuildTensor3],
  ["torch._utils._rebuild_device_tensor_from_numpy", rebuildParameter],
  ["torch._utils._rebuild_xla_tensor", rebuildParameter],
  ["torch._utils._rebuild_sparse_tensor", unsupported("a sparse tensor")],
  ["torch._utils._rebuild_sparse_csr_tensor", unsupported("a sparse tensor")],
  ["torch._utils._rebuild_nested_tensor", unsupported("a nested tensor")],
  ["torch._utils._rebuild_qtensor", unsupported("a quantised tensor")],
  [
    "torch._utils._rebuild_meta_tensor_no_storage",
    unsupported("a tensor without values (on the meta device)"),
  ],
]);

/** `_rebuild_from_type_v2(maker, class, arguments, state)`: a tensor of a subclass, here Tensor or Parameter only. */
const rebuildFromType: Call = ([maker, , args], where) =>
  callName(where, makers, maker ?? null, args ?? null);

const referred = [
  ...storages.keys(),
  ...dtypes.keys(),
  "torch.Tensor",
  "torch.nn.parameter.Parameter",
  "torch.per_tensor_affine",
  "torch.per_channel_affine",
  "torch.per_channel_affine_float_qparams",
];

/** All that a checkpoint of tensors needs. */
export const torchNames: KnownNames = new Map<string, Call | null>([
  ...pythonNames,
  ...numpyNames,
  ...referred.map((name) => [name, null] as const),
  ...makers,
  ["torch._tensor._rebuild_from_type_v2", rebuildFromType],
  ["torch._tensor._rebuild_from_type", rebuildFromType],
  ["torch.tensor._rebuild_from_type", rebuildFromType],
  ["torch._utils._rebuild_parameter", rebuildParameter],
  ["torch._utils._rebuild_parameter_with_state", rebuildParameter],
  ["torch.Size", size],
  ["torch.device", shownAs("torch.device")],
  ["torch.serialization._get_layout", shownAs("layout")],
]);
