/** The parts of an Excel workbook: which sheets it has, its shared texts, which styles are dates. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { orDamaged } from "../foreign-errors.ts";
import { namesThere } from "../unknown-name.ts";
import { walkXml, type XmlVisitor } from "../xml.ts";
import { listZip, openZipEntry, type ZipEntry } from "../zip.ts";

export interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly path: string }[];
  /** Days are counted from 1904 rather than 1900. */
  readonly countsFrom1904: boolean;
  readonly texts: readonly string[];
  /** Whether the cells of a style, by its number, are dates. */
  readonly dateStyles: readonly boolean[];
  /** Walks through a part of the workbook; the part may be absent. */
  walk(path: string, visitor: XmlVisitor): Promise<boolean>;
}

/** XML of tables shrinks to a tenth or a thirtieth; what claims to grow more is a trap. */
const largestExpansion = 200;
const alwaysAllowed = 2 ** 24;

/** @throws InputError `bad-xlsx`; UnsupportedError `xlsb`, and what the zip reader throws */
export async function openWorkbook(source: ByteSource, options: SliceOptions | undefined): Promise<Workbook> {
  const entries = new Map((await listZip(source, options)).map((entry) => [entry.name, entry]));
  const walk = async (path: string, visitor: XmlVisitor) => {
    const entry = entries.get(path);
    if (entry === undefined) return false;
    requireNoBomb(source, entry);
    const part = await openZipEntry(source, entry, options);
    const damage = { code: "bad-xlsx", where: whereOf(source), expected: `XML in "${path}"` };
    await orDamaged(damage, options, () => walkXml(part, visitor, options));
    return true;
  };
  if (!entries.has("xl/workbook.xml")) throw noWorkbook(source, entries);
  const targets = await readTargets(walk);
  return {
    ...(await readSheets(source, walk, targets)),
    texts: await readSharedTexts(walk),
    dateStyles: await readDateStyles(walk),
    walk,
  };
}

type Walk = Workbook["walk"];

export const whereOf = (source: ByteSource) => `xlsx "${source.name}"`;

function noWorkbook(source: ByteSource, entries: ReadonlyMap<string, ZipEntry>) {
  const isBinary = entries.has("xl/workbook.bin");
  const message = `${whereOf(source)}: expected a workbook in XML, got ${isBinary ? "a binary workbook (.xlsb)" : "an archive without xl/workbook.xml"}; save it as .xlsx, or the sheet as CSV`;
  return isBinary
    ? new UnsupportedError({ code: "xlsb", message })
    : new InputError({ code: "bad-xlsx", message });
}

function requireNoBomb(source: ByteSource, { name, size, compressedSize }: ZipEntry): void {
  if (size <= Math.max(alwaysAllowed, compressedSize * largestExpansion)) return;
  throw new InputError({
    code: "bad-xlsx",
    message: `${whereOf(source)}: expected parts at most ${largestExpansion} times their compressed size, got ${size} bytes from ${compressedSize} ("${name}"); save the sheet as CSV`,
  });
}

/** Where the workbook says its parts are, by their identifiers. */
async function readTargets(walk: Walk): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  await walk("xl/_rels/workbook.xml.rels", {
    open(name, attributes) {
      const target = attributes.get("Target");
      if (name !== "Relationship" || target === undefined) return;
      targets.set(
        attributes.get("Id") ?? "",
        target.startsWith("/") ? target.slice(1) : `xl/${target.replace(/^\.\//, "")}`,
      );
    },
  });
  return targets;
}

async function readSheets(source: ByteSource, walk: Walk, targets: ReadonlyMap<string, string>) {
  const sheets: { name: string; path: string }[] = [];
  let countsFrom1904 = false;
  await walk("xl/workbook.xml", {
    open(name, attributes) {
      if (name === "workbookPr") countsFrom1904 = ["1", "true"].includes(attributes.get("date1904") ?? "");
      if (name !== "sheet") return;
      const path = targets.get(attributes.get("id") ?? "");
      // Sheets that are charts lie in other folders and have no cells.
      if (path === undefined || !path.startsWith("xl/worksheets/")) return;
      sheets.push({ name: attributes.get("name") ?? "", path });
    },
  });
  if (sheets.length > 0) return { sheets, countsFrom1904 };
  throw new InputError({
    code: "bad-xlsx",
    message: `${whereOf(source)}: expected at least one sheet of cells, got none; save the workbook again`,
  });
}

async function readSharedTexts(walk: Walk): Promise<readonly string[]> {
  const texts: string[] = [];
  let text = "";
  let isText = false;
  let isReading = false;
  await walk("xl/sharedStrings.xml", {
    open(name) {
      if (name === "si") text = "";
      // Phonetic readings stand beside the text that they explain.
      if (name === "rPh") isReading = true;
      isText = name === "t" && !isReading;
    },
    text(piece) {
      if (isText) text += piece;
    },
    close(name) {
      isText = false;
      if (name === "rPh") isReading = false;
      if (name === "si") texts.push(text);
    },
  });
  return texts;
}

/** Numbers of the formats that Excel has built in for dates and times. */
const isBuiltInDate = (format: number) =>
  (14 <= format && format <= 22) ||
  (27 <= format && format <= 36) ||
  (45 <= format && format <= 47) ||
  (50 <= format && format <= 58);

/** A format of one's own is a date where it has letters of dates outside quotes, escapes and brackets. */
const isDateCode = (code: string) =>
  /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General/gi, ""));

async function readDateStyles(walk: Walk): Promise<readonly boolean[]> {
  const own = new Map<number, boolean>();
  const styles: boolean[] = [];
  let isCellStyle = false;
  await walk("xl/styles.xml", {
    open(name, attributes) {
      const format = Number(attributes.get("numFmtId"));
      if (name === "numFmt") own.set(format, isDateCode(attributes.get("formatCode") ?? ""));
      if (name === "cellXfs") isCellStyle = true;
      if (name === "xf" && isCellStyle) styles.push(own.get(format) ?? isBuiltInDate(format));
    },
    close(name) {
      if (name === "cellXfs") isCellStyle = false;
    },
  });
  return styles;
}

/** The sheet of a name, or the first. @throws InputError `unknown-sheet` */
export function sheetOf(source: ByteSource, { sheets }: Workbook, name: string | undefined) {
  const found = name === undefined ? sheets[0] : sheets.find((sheet) => sheet.name === name);
  if (found !== undefined) return found;
  const names = sheets.map((sheet) => sheet.name);
  throw new InputError({
    code: "unknown-sheet",
    message: `${whereOf(source)}: expected the name of a sheet, got "${name}"; ${namesThere(name ?? "", names)}`,
  });
}
