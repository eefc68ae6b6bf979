/** An SVG element as the text of a file: the same figure gives the same bytes. */

import { SVG_NAMESPACE } from "./svg-element.ts";

/** Attributes whose numbers are places or lengths; what is said in words is left alone. */
const GEOMETRY = new Set([
  ..."x y x1 x2 y1 y2 cx cy r rx ry d dx dy width height points transform viewBox".split(" "),
  ..."stroke-width stroke-dasharray".split(" "),
]);
/** Elements in which white space means nothing: one child a line, so that changes of a figure can be read. */
const GROUPS = new Set(["svg", "g"]);
const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/gi;
/** Characters that no XML file may hold, not even escaped; they can come with a name from a file. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/**
 * The file of a figure: namespace, lengths rounded to 3 decimals, ids `NAME-1`, `NAME-2`, … in order of appearance.
 *
 * Ids are prefixed by the name, so that several figures can stand in one page.
 */
export function svgText(svg: SVGElement, name: string): string {
  const ids = new Map<string, string>();
  for (const element of Array.from(svg.querySelectorAll("[id]")))
    ids.set(element.id, `${name}-${ids.size + 1}`);
  const text = write(svg, ids);
  return text.replace("<svg", `<svg xmlns="${SVG_NAMESPACE}"`);
}

function write(element: Element, ids: ReadonlyMap<string, string>): string {
  const attributes = Array.from(element.attributes)
    .filter(({ name }) => name !== "xmlns" && name !== "class")
    .map(({ name, value }) => ` ${name}="${escapeXml(attributeText(name, value, ids))}"`);
  const children = Array.from(element.childNodes, (child) => {
    if (child.nodeType === child.ELEMENT_NODE) {
      // The node type says that it is an element.
      return write(child as Element, ids);
    }
    return escapeXml(child.textContent ?? "");
  });
  const open = `<${element.nodeName}${attributes.join("")}`;
  const between = GROUPS.has(element.nodeName) ? "\n" : "";
  const inner = children.map((child) => between + child).join("") + between;
  return children.length === 0 ? `${open}/>` : `${open}>${inner}</${element.nodeName}>`;
}

function attributeText(name: string, value: string, ids: ReadonlyMap<string, string>): string {
  if (name === "id") return ids.get(value) ?? value;
  if (value.startsWith("url(#")) {
    const id = value.slice("url(#".length, -1);
    return `url(#${ids.get(id) ?? id})`;
  }
  return GEOMETRY.has(name) ? value.replace(NUMBER, (text) => String(roundedNumber(Number(text)))) : value;
}

function roundedNumber(value: number): number {
  const rounded = Math.round(value * 1000) / 1000;
  return rounded === 0 ? 0 : rounded;
}

function escapeXml(text: string): string {
  return text
    .replace(FORBIDDEN, "�")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
