/** The only file that knows the Zarr library: an array's chunks, decoded one after the other. */

import { open, root } from "zarrita";
import type { SliceOptions } from "../byte-source.ts";

/** Where the library finds the files of one array; `range` gives part of one. */
export interface ZarrFiles {
  get(path: string): Promise<Uint8Array | undefined>;
  range(path: string, start: number | null, length: number): Promise<Uint8Array | undefined>;
}

export interface ZarrChunk {
  readonly data: ArrayLike<number> | ArrayLike<bigint> | Iterable<boolean>;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

type Query = { readonly suffixLength: number } | { readonly offset: number; readonly length: number };

/** The chunk at a place of the grid. What the library throws passes through. */
export async function zarrChunks(
  version: 2 | 3,
  files: ZarrFiles,
  options: SliceOptions | undefined,
): Promise<(place: readonly number[]) => Promise<ZarrChunk>> {
  // The library resolves names as addresses of the web; under a plain name none of its rules apply.
  const inner = (key: string) => key.replace(/^\/array\//, "");
  const store = {
    get: (key: string) => files.get(inner(key)),
    getRange: (key: string, query: Query) =>
      "suffixLength" in query
        ? files.range(inner(key), null, query.suffixLength)
        : files.range(inner(key), query.offset, query.length),
  };
  const location = root(store).resolve("array");
  const openArray = version === 2 ? open.v2 : open.v3;
  const array = await openArray(location, { kind: "array" });
  return async (place) => {
    options?.signal?.throwIfAborted();
    const { data, shape, stride } = await array.getChunk([...place]);
    // The library's type lists every element type, texts included; those are refused before.
    return { data, shape, stride } as ZarrChunk;
  };
}
