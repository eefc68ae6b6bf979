/** The plot room in Node: all of it, a document to draw into, and PNG. */

export { createDocument } from "./document.node.ts";
export * from "./index.ts";
export { svgToPng } from "./png.node.ts";
