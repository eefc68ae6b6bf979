import { JSDOM } from "jsdom";
import { beforeAll, describe, expect, it } from "vitest";
import { controlExample } from "../../test/example-control.ts";
import {
  decidedExample,
  type ExampleFit,
  largeExample,
  unidentifiableExample,
} from "../../test/example-fit.ts";
import type { VerdictStatus } from "../inference/geometry-fit.ts";
import { createDocument } from "./document.node.ts";
import { drawFigures } from "./figures.ts";
import { type ReportContext, reportHtml } from "./report.ts";
import { STATUS_WORDS } from "./words.ts";

const context: ReportContext = {
  command: "syngeo infer spines.csv --initial day0 --final day12 --report report.html",
  version: "0.1.0",
  files: [{ name: "spines.csv", description: "table of 641 rows" }],
  leftOut: [{ name: "layer1.bias", reason: "has one dimension" }],
  date: "2024-05-07",
};
const examples = {
  decided: decidedExample(),
  unidentifiable: unidentifiableExample(),
  large: largeExample(),
  control: controlExample(),
};

let document: Document;
beforeAll(async () => {
  document = await createDocument();
});

function report({ fit, picture }: ExampleFit, options: Partial<ReportContext> = {}): string {
  return reportHtml(fit, drawFigures(fit, picture, { document }), { ...context, ...options });
}

function page(example: ExampleFit, options: Partial<ReportContext> = {}): Document {
  return new JSDOM(report(example, options)).window.document;
}

const texts = (parent: ParentNode, selector: string) =>
  Array.from(parent.querySelectorAll(selector), (element) => (element.textContent ?? "").trim());

describe.each(Object.entries(examples))("the report of the %s fit", (_, example) => {
  it("asks nothing of the network: no scripts, no loads, links to doi.org only", () => {
    const html = report(example);
    const read = new JSDOM(html).window.document;
    expect(
      read.querySelectorAll("script, link, img, iframe, object, embed, image, use, base, [src], [srcset]"),
    ).toHaveLength(0);
    const links = Array.from(read.querySelectorAll("[href]"));
    for (const link of links) {
      expect(link.nodeName).toBe("A");
      expect(link.getAttribute("href")).toMatch(/^https:\/\/doi\.org\/10\./);
    }
    const addresses = html
      .match(/\bhttps?:\/\/[^/"]+/g)
      ?.filter((address) => address !== "http://www.w3.org");
    expect(new Set(addresses)).toEqual(new Set(["https://doi.org"]));
    expect(html).not.toMatch(/@import|url\((?!#)/);
    const policy = read.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute("content");
    expect(policy).toContain("default-src 'none'");
  });

  it("is well formed: what is read back and written again is what was written", () => {
    const html = report(example);
    const dom = new JSDOM(html);
    // The parser mends what is wrong; ends of tags and attributes that HTML may leave out are the only differences.
    const tags = (text: string) =>
      text
        .match(/<\/?[a-z][a-z0-9]*/gi)
        ?.filter((tag) => !/^<\/(?:path|rect|circle|line|g|text|clipPath)$/.test(tag));
    expect(tags(dom.serialize())).toEqual(tags(html));
  });

  it("has a language, one first heading, and headings that skip no level", () => {
    const read = page(example);
    expect(read.documentElement.lang).toBe("en");
    const levels = Array.from(read.querySelectorAll("h1, h2, h3, h4"), ({ nodeName }) => Number(nodeName[1]));
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    levels.forEach((level, k) => {
      expect(level).toBeLessThanOrEqual((levels[k - 1] ?? 0) + 1);
    });
  });

  it("names every figure and heads every row and column of its tables", () => {
    const read = page(example);
    for (const figure of read.querySelectorAll("figure")) {
      expect(figure.querySelector("figcaption")?.textContent).toMatch(/\.$/);
      expect(figure.querySelector("svg")?.getAttribute("role")).toBe("img");
      expect(figure.querySelector("svg")?.getAttribute("aria-label")?.length).toBeGreaterThan(20);
    }
    for (const heading of read.querySelectorAll("th"))
      expect(heading.getAttribute("scope")).toMatch(/^(row|col)$/);
    for (const row of read.querySelectorAll("tbody tr"))
      expect(row.querySelectorAll('th[scope="row"]')).toHaveLength(1);
  });

  it("uses each id once", () => {
    const ids = Array.from(page(example).querySelectorAll("[id]"), ({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("shows no number that is none", () => {
    expect(page(example).body.textContent).not.toMatch(/NaN|undefined|null|Infinity/);
  });
});

describe("the report", () => {
  it("tells in order: verdict, figures, geometries, what was left out, noise, diagnostics, methods, references, source", () => {
    expect(texts(page(examples.decided), "h2")).toEqual([
      "✓ Decided",
      "Figures",
      "The named geometries",
      "What was left out, and why",
      "Measurement noise",
      "Does the fit hold?",
      "Methods",
      "References",
      "How this report was made",
    ]);
  });

  it.each(Object.entries(STATUS_WORDS))("says the status %s in words and in its colour", (status, words) => {
    const { fit, picture } = examples.decided;
    // Object.entries forgets that its keys are the statuses.
    const verdict = { ...fit.verdict, status: status as VerdictStatus };
    const section = page({ fit: { ...fit, verdict }, picture }).querySelector(".verdict");
    expect(section?.classList.contains(status)).toBe(true);
    expect(section?.querySelector("h2")?.textContent).toContain(words);
    expect(section?.querySelector(".statement")?.textContent).toBe(fit.verdict.statement);
  });

  it("escapes names, reasons and the command, wherever they come from", () => {
    const evil = `<script>alert(1)</script><img src=x onerror="alert(2)">'&amp;`;
    const { fit, picture } = examples.decided;
    const read = page(
      {
        fit: {
          ...fit,
          source: evil,
          verdict: { ...fit.verdict, statement: evil, advice: evil },
          groups: fit.groups.map((group) => ({ ...group, name: evil })),
          potentials: fit.potentials.map((score) => ({ ...score, name: evil })),
        },
        picture,
      },
      {
        command: evil,
        version: evil,
        date: evil,
        files: [{ name: evil, description: evil }],
        leftOut: [{ name: evil, reason: evil }],
      },
    );
    expect(read.querySelectorAll("script, img")).toHaveLength(0);
    expect(read.title).toContain(evil);
    expect(read.querySelector("pre")?.textContent).toBe(evil);
    expect(texts(read, "th").filter((text) => text === evil)).toHaveLength(
      fit.groups.length + fit.potentials.length + 2,
    );
  });

  it("counts every pair that was left out, and names tensors with the reason", () => {
    const read = page(examples.decided);
    const rows = Array.from(read.querySelectorAll("tr"), (row) => texts(row, "th, td").slice(0, 2).join(" "));
    for (const row of [
      "all 641",
      "not finite 12",
      "births 9",
      "eliminations 17",
      "absent throughout 3",
      "used 600",
    ]) {
      expect(rows).toContain(row);
    }
    expect(rows).toContain("layer1.bias has one dimension");
  });

  it("has a methods paragraph with the numbers of the fit filled in", () => {
    const methods = (example: ExampleFit) =>
      Array.from(page(example).querySelectorAll("section"))
        .find((section) => section.querySelector("h2")?.textContent === "Methods")
        ?.querySelector("p")?.textContent;
    expect(methods(examples.decided)).toMatchSnapshot("decided");
    expect(methods(examples.unidentifiable)).toMatchSnapshot("unidentifiable");
    expect(methods(examples.large)).toMatchSnapshot("large");
    const { fit, picture } = examples.decided;
    const noise = {
      additive: 0.01,
      multiplicative: 0.1,
      source: "repeats",
      method: "latent-grid",
      changeOverNoise: 2.4,
      sensitivity: [],
    } as const;
    const exponent = { ...fit.exponent, method: "latent-grid likelihood, profile-likelihood interval" };
    expect(methods({ fit: { ...fit, noise, exponent, clusters: null }, picture })).toMatchSnapshot(
      "noise known",
    );
  });

  it("cites the bootstrap only where clusters were resampled, and Spearman only where ranks were used", () => {
    const { fit, picture } = examples.decided;
    const references = (example: ExampleFit) =>
      texts(page(example), "section li").filter((text) => /\(\d{4}\)/.test(text));
    expect(references(examples.decided).join()).toMatch(/Pogodin.*Cornford.*Box GEP.*Spearman.*Kent.*Efron/s);
    expect(references({ fit: { ...fit, clusters: null }, picture }).join()).not.toContain("Efron");
    const exponent = { ...fit.exponent, method: "latent-grid likelihood, profile-likelihood interval" };
    expect(references({ fit: { ...fit, exponent }, picture }).join()).not.toContain("Spearman");
  });

  it("is the same, byte by byte, for the same fit, and leaves out what is null", () => {
    expect(report(examples.decided)).toBe(report(examples.decided));
    const plain = page(examples.decided, { command: null, date: null, files: [] });
    expect(texts(plain, "h2")).not.toContain("How this report was made");
    expect(plain.querySelector(".made")?.textContent).toBe('table "spines.csv". Syngeo 0.1.0');
  });
});
