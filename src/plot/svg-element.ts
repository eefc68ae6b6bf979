/** SVG elements by hand, for what stands around a plot. */

export const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

type Attributes = { readonly [name: string]: string | number | null };

/** An element with its attributes (null leaves one out) and its children; a string becomes text. */
export function svgElement(
  document: Document,
  name: string,
  attributes: Attributes = {},
  children: readonly (SVGElement | string)[] = [],
): SVGElement {
  const element = document.createElementNS(SVG_NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null) element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}
