import { beforeAll, describe, expect, it } from "vitest";
import { createDocument } from "./document.node.ts";
import { svgElement } from "./svg-element.ts";
import { svgText } from "./svg-text.ts";

let document: Document;
beforeAll(async () => {
  document = await createDocument();
});

describe("svgText", () => {
  it("rounds places and lengths to 3 decimals and leaves words alone", () => {
    const path = svgElement(document, "path", {
      d: "M1.23456,-0.0001L1e-7,2.5",
      transform: "translate(0.1234567,3)",
      "aria-label": "λ = 0.123456",
    });
    expect(svgText(svgElement(document, "svg", {}, [path]), "f")).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg">\n<path d="M1.235,0L0,2.5" transform="translate(0.123,3)" aria-label="λ = 0.123456"/>\n</svg>',
    );
  });

  it("names ids after the figure, in order, wherever they are used", () => {
    const drawn = svgElement(document, "svg", {}, [
      svgElement(document, "clipPath", { id: "plot-clip-71" }),
      svgElement(document, "g", { "clip-path": "url(#plot-clip-71)", class: "plot-d6a7b5" }),
    ]);
    expect(svgText(drawn, "groups")).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg">\n<clipPath id="groups-1"/>\n<g clip-path="url(#groups-1)"/>\n</svg>',
    );
  });

  it("escapes text and attributes, and replaces characters that XML may not hold", () => {
    const text = svgElement(document, "text", { "aria-label": '"a" <b>' }, ["<script>&\u0000\uD800"]);
    expect(svgText(svgElement(document, "svg", {}, [text]), "f")).toContain(
      '<text aria-label="&quot;a&quot; &lt;b&gt;">&lt;script&gt;&amp;��</text>',
    );
  });

  it("keeps a no-break space as it is, which the HTML of a browser would not", () => {
    const drawn = svgElement(document, "svg", {}, [svgElement(document, "text", {}, ["95\u00a0%"])]);
    expect(svgText(drawn, "f")).toContain("95\u00a0%");
  });
});
