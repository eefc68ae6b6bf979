/** XML read piece by piece: start and end of elements, and text. The only file that knows the parser. */

import { SaxesParser } from "saxes";
import type { ByteSource, SliceOptions } from "./byte-source.ts";

export interface XmlVisitor {
  /** An element begins; names come without their prefix. */
  open(name: string, attributes: ReadonlyMap<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

const readBytes = 2 ** 16;
const localName = (name: string) => name.slice(name.indexOf(":") + 1);

/**
 * Walks through a document in UTF-8. Entities that the document declares are not expanded but refused, so that a short
 * file stays short. What the parser finds wrong is thrown as a plain Error.
 */
export async function walkXml(
  source: ByteSource,
  visitor: XmlVisitor,
  options: SliceOptions | undefined,
): Promise<void> {
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    const attributes = Object.entries(tag.attributes).map(
      ([name, value]) => [localName(name), value] as const,
    );
    visitor.open(localName(tag.name), new Map(attributes));
  });
  parser.on("text", (text) => visitor.text?.(text));
  parser.on("cdata", (text) => visitor.text?.(text));
  parser.on("closetag", (tag) => visitor.close?.(localName(tag.name)));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let at = 0; at < source.byteLength; at += readBytes) {
    const end = Math.min(source.byteLength, at + readBytes);
    const bytes = await source.slice(at, end, options);
    parser.write(decoder.decode(bytes, { stream: end < source.byteLength }));
  }
  parser.close();
}
