/** Columns of a Parquet table that stay in their file and are read by page, so that memory does not grow with it. */

import { InputError } from "../../errors.ts";
import type { BlockFile, TensorBlocks } from "../blocks.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { explainNotANumber } from "../cells.ts";
import { orDamaged } from "../foreign-errors.ts";
import { isNumeric, numberOf } from "../typed-column.ts";
import { openParquet, parquetDamage } from "./parquet.ts";
import {
  listParquetPages,
  type ParquetColumn,
  type ParquetGroup,
  type ParquetPage,
  readParquetDictionary,
  readParquetPage,
  rowsOfGroup,
} from "./parquet-file.ts";

/** A page is decoded as a whole: at this length two columns take some 100 MB for each thread. */
const LONGEST_PAGE = 2 ** 21;
/** The last page of one block is the first of the next. */
const PAGES_KEPT = 2;

type Floats = Float64Array | Float32Array;

interface Group {
  readonly group: ParquetGroup;
  /** Its first row in the table, and the one after its last. */
  readonly start: number;
  readonly end: number;
}

interface PlacedPage extends ParquetPage {
  readonly group: ParquetGroup;
  /** Its first row in the table. */
  readonly row: number;
}

/**
 * The columns of numbers or text, none of whose values is read; text is an obstacle.
 *
 * A column reads as `readFile` has it: missing values are NaN, booleans 0 and 1, and an integer beyond 2^53 is refused as
 * `numberColumn` refuses it.
 *
 * @throws as the reader of whole tables
 */
export async function openParquetBlocks(source: ByteSource, options?: SliceOptions): Promise<BlockFile> {
  const { layout, chosen, leftOut } = await openParquet(source, options);
  let end = 0;
  const groups = layout.groups.map((group) => {
    const start = end;
    end += rowsOfGroup(group);
    return { group, start, end };
  });
  const tensors: TensorBlocks[] = [];
  for (const column of chosen) tensors.push(await columnBlocks(source, groups, column, options));
  return { kind: "table", format: "parquet", tensors, leftOut };
}

async function columnBlocks(
  source: ByteSource,
  groups: readonly Group[],
  column: ParquetColumn,
  options: SliceOptions | undefined,
): Promise<TensorBlocks> {
  const { name, type } = column.element;
  const rows = groups.length === 0 ? 0 : groups[groups.length - 1].end;
  const pagesOf = pageLists(source, column);
  const pageOf = pageReader(source, column);
  const dtype = type === "FLOAT" ? "float32" : "float64";
  return {
    name,
    dtype,
    shape: [rows],
    count: rows,
    obstacle: await obstacleOf(groups, column, (group) => pagesOf(group, options)),
    async read(start, end, options) {
      const out = dtype === "float32" ? new Float32Array(end - start) : new Float64Array(end - start);
      for (const group of groups) {
        if (group.end <= start || group.start >= end) continue;
        for (const page of await pagesOf(group, options)) {
          const last = page.row + page.values;
          if (last <= start || page.row >= end) continue;
          const values = await pageOf(page, options);
          const from = Math.max(start, page.row);
          out.set(values.subarray(from - page.row, Math.min(end, last) - page.row), from - start);
        }
      }
      return out;
    },
  };
}

async function obstacleOf(
  groups: readonly Group[],
  column: ParquetColumn,
  pagesOf: (group: Group) => Promise<readonly PlacedPage[]>,
): Promise<string | null> {
  if (!isOfNumbers(column)) return "text";
  for (const group of groups) {
    // Pages are listed where they could be so long only.
    if (group.end - group.start <= LONGEST_PAGE) continue;
    const longest = (await pagesOf(group)).find(({ values }) => values > LONGEST_PAGE);
    if (longest !== undefined) return `pages of ${longest.values} values`;
  }
  return null;
}

function isOfNumbers({ element: { type, converted_type, logical_type } }: ParquetColumn): boolean {
  const kind = logical_type?.type ?? converted_type ?? "";
  if (/^(?:FLOAT16|DECIMAL)$/.test(kind) || converted_type === "DECIMAL") return true;
  const isPlain = /^(?:INTEGER|U?INT_(?:8|16|32|64)|)$/.test(kind);
  return isPlain && ["BOOLEAN", "INT32", "INT64", "FLOAT", "DOUBLE"].includes(type ?? "");
}

/** The pages of a row group, listed once. */
function pageLists(source: ByteSource, column: ParquetColumn) {
  const damage = parquetDamage(source, `the values of column "${column.element.name}"`);
  const listed = new Map<Group, Promise<readonly PlacedPage[]>>();
  return (place: Group, options: SliceOptions | undefined) =>
    keptPromise(listed, place, Number.POSITIVE_INFINITY, async () => {
      const { group } = place;
      const pages = await orDamaged(damage, options, () => listParquetPages(source, group, column, options));
      let row = place.start;
      return pages.map((page) => {
        const placed = { ...page, group, row };
        row += page.values;
        return placed;
      });
    });
}

/** The numbers of a page, of which the last are kept. */
function pageReader(source: ByteSource, column: ParquetColumn) {
  const { name } = column.element;
  const damage = parquetDamage(source, `the values of column "${name}"`);
  const dictionaries = new Map<number, ReturnType<typeof readParquetDictionary>>();
  const decoded = new Map<number, Promise<Floats>>();
  return (page: PlacedPage, options: SliceOptions | undefined) =>
    keptPromise(decoded, page.start, PAGES_KEPT, async () => {
      const { group, dictionary: span } = page;
      const values = await orDamaged(damage, options, async () => {
        const dictionary =
          span === null
            ? undefined
            : await keptPromise(dictionaries, span.start, PAGES_KEPT, () =>
                readParquetDictionary(source, { group, column, span }, options),
              );
        return readParquetPage(source, { group, column, page, dictionary }, options);
      });
      return floatsOf(values, (index) => ({ source, name, value: values[index], row: page.row + index }));
    });
}

/** What was promised for a key, else what `make` promises, of which the last `most` are kept; a failure is not. */
function keptPromise<K, V>(
  kept: Map<K, Promise<V>>,
  key: K,
  most: number,
  make: () => Promise<V>,
): Promise<V> {
  const found = kept.get(key);
  if (found !== undefined) return found;
  const promise = make();
  kept.set(key, promise);
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
  promise.catch(() => kept.delete(key));
  return promise;
}

interface Cell {
  readonly source: ByteSource;
  readonly name: string;
  readonly value: unknown;
  readonly row: number;
}

function floatsOf(values: ArrayLike<unknown>, cellAt: (index: number) => Cell): Floats {
  if (values instanceof Float32Array || values instanceof Float64Array) return values;
  const floats = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "number" && !isNumeric(value)) throw notANumber(cellAt(i));
    floats[i] = numberOf(value);
  }
  return floats;
}

/** As `numberColumn` refuses a cell of a table that was read whole. */
function notANumber({ source, name, value, row }: Cell): InputError {
  const { reason, attempt } = explainNotANumber(String(value));
  return new InputError({
    code: "not-a-number",
    message: `table "${source.name}": expected numbers in column "${name}", got "${value}" (row ${row}: ${reason}); ${attempt}`,
  });
}
