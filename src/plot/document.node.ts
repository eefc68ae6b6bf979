/** The document that figures are drawn into where there is no browser. */

let drawn: Promise<Document> | undefined;

/** An empty document of jsdom, which is loaded at the first call only: it takes most of a second. */
export function createDocument(): Promise<Document> {
  drawn ??= import("jsdom").then(({ JSDOM }) => new JSDOM("").window.document);
  return drawn;
}
