/** Storages that a checkpoint's pickle refers to by their key, as both of PyTorch's formats do. */

import type { SliceOptions } from "../byte-source.ts";
import { storageElement } from "../pickle/torch-names.ts";
import {
  badPickle,
  type ElementType,
  isCount,
  itemsOf,
  type OpenStorage,
  type PickleValue,
  type Storage,
  showValue,
} from "../pickle/values.ts";

/** `("storage", class, key, device, count)`, in the older format with (key, offset, count) of a view on it. */
export interface StorageReference {
  readonly element: ElementType;
  readonly key: string;
  /** How many values. */
  readonly count: number;
  readonly view: { readonly offset: number; readonly count: number } | null;
}

const mostValues = 2 ** 49;

/** Reads a persistent id, or refuses it. @throws InputError `bad-pickle` */
export function storageReference(where: string, id: PickleValue): StorageReference {
  const [word, type, key, , count, view] = itemsOf(id) ?? [];
  const element = storageElement(type);
  if (word !== "storage" || element === null || !isKey(key) || !isCount(count) || count > mostValues) {
    throw badPickle(
      where,
      'the persistent id of a storage ("storage", class, key, device, count)',
      showValue(id, 1),
    );
  }
  if (view === undefined || view === null) return { element, key: String(key), count, view: null };
  const [, offset, viewCount] = itemsOf(view) ?? [];
  if (!isCount(offset) || !isCount(viewCount) || offset + viewCount > count) {
    throw badPickle(where, "a view within its storage of (key, offset, count)", showValue(id, 1));
  }
  return { element, key: String(key), count, view: { offset, count: viewCount } };
}

const isKey = (key: PickleValue | undefined) => typeof key === "string" || isCount(key);

/** A storage that is found once, however many tensors share it. */
export function storageOf(find: (options: SliceOptions | undefined) => Promise<OpenStorage>): Storage {
  let found: Promise<OpenStorage> | null = null;
  return {
    kind: "storage",
    open(options) {
      found ??= find(options);
      return found;
    },
  };
}
