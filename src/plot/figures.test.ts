import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import { beforeAll, describe, expect, it } from "vitest";
import { controlExample } from "../../test/example-control.ts";
import {
  decidedExample,
  type ExampleFit,
  largeExample,
  unidentifiableExample,
} from "../../test/example-fit.ts";
import type { GeometryFit } from "../inference/geometry-fit.ts";
import type { GeometryPicture } from "../inference/geometry-picture.ts";
import { createDocument } from "./document.node.ts";
import { drawFigures, figures } from "./figures.ts";

const examples = {
  decided: decidedExample(),
  unidentifiable: unidentifiableExample(),
  large: largeExample(),
  control: controlExample(),
};
const HOSTILE = `<script>alert("x")</script> & 'a very long name of a group of synapses'`;

let document: Document;
beforeAll(async () => {
  document = await createDocument();
});

function drawn({ fit, picture }: ExampleFit): Map<string, string> {
  return new Map(drawFigures(fit, picture, { document }).map(({ name, svg }) => [name, svg]));
}

function changed(fit: Partial<GeometryFit>, picture: Partial<GeometryPicture> = {}): ExampleFit {
  const { decided } = examples;
  return { fit: { ...decided.fit, ...fit }, picture: { ...decided.picture, ...picture } };
}

/** How far text alone reaches in a figure, by the renderer and the shipped font. */
function textBox(svg: string) {
  const require = createRequire(import.meta.url);
  const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) =>
    require.resolve(`dejavu-fonts-ttf/ttf/${file}`),
  );
  const words = svg.replace(/<(?:path|rect|circle|line|clipPath)\b[^>]*\/>/g, "");
  const options = { font: { loadSystemFonts: false, fontFiles, defaultFontFamily: "DejaVu Sans" } };
  const box = new Resvg(words, options).getBBox();
  if (box === undefined) throw new Error("no text in the figure");
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}

/** Names so long and odd that they test every place where a name is drawn. */
function oddNames(): ExampleFit {
  const { fit, picture } = examples.decided;
  const rename = (name: string) => (name === "2-norm" ? "hyperbolic-entropy:0.0000123456" : name);
  return {
    fit: {
      ...fit,
      potentials: fit.potentials.map((score) => ({ ...score, name: rename(score.name) })),
      groups: fit.groups.map((group, k) => (k === 0 ? { ...group, name: HOSTILE } : group)),
    },
    picture: {
      ...picture,
      histograms: picture.histograms.map((one) => ({ ...one, potential: rename(one.potential) })),
    },
  };
}

describe("the list of figures", () => {
  it("has one name each, fit for a file and for an id", () => {
    const names = figures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it("gives the same bytes for the same fit, however often and in whichever document it is drawn", async () => {
    const { JSDOM } = await import("jsdom");
    const again = drawFigures(examples.decided.fit, examples.decided.picture, {
      document: new JSDOM("<p>another</p>").window.document,
    });
    expect(new Map(again.map(({ name, svg }) => [name, svg]))).toEqual(drawn(examples.decided));
  });
});

describe.each(Object.entries({ ...examples, "oddly named": oddNames() }))(
  "every figure of the %s fit",
  (_, example) => {
    it("is one standalone SVG with a name for those who cannot see it, without warning of Plot", () => {
      for (const [name, svg] of drawn(example)) {
        expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" width="640" '), name).toBe(true);
        expect(svg, name).toMatch(/^<svg[^>]* role="img" aria-label="[^"]{20,}"/);
        expect(svg, name).not.toContain("⚠");
        expect(svg, name).not.toContain("NaN");
        expect(svg, name).not.toContain("undefined");
        expect(svg, name).not.toMatch(/<(?:style|foreignObject|image|script)\b/);
      }
    });

    it("has text of 12 pixels and more, all inside its edges", () => {
      for (const [name, svg] of drawn(example)) {
        const sizes = Array.from(svg.matchAll(/font-size="([^"]+)"/g), (match) => Number(match[1]));
        expect(Math.min(...sizes), name).toBeGreaterThanOrEqual(12);
        const height = Number(/ height="([\d.]+)"/.exec(svg)?.[1]);
        const { left, top, right, bottom } = textBox(svg);
        expect(left, name).toBeGreaterThanOrEqual(0);
        expect(top, name).toBeGreaterThanOrEqual(0);
        expect(right, name).toBeLessThanOrEqual(640);
        expect(bottom, name).toBeLessThanOrEqual(height);
      }
    });
  },
);

describe("numbers that do not exist", () => {
  it("leave a figure with one line that says why", () => {
    const reasons = Array.from(drawn(examples.unidentifiable).values(), (svg) =>
      /aria-label="[^"]*Not drawn: [^"]+"/.test(svg),
    );
    expect(reasons).toEqual([true, true, true, true, true, true]);
  });

  it("do not take the data away: without an estimate the bins and the curves are drawn", () => {
    const none = { estimate: null, low: null, high: null };
    const svgs = drawn(
      changed({
        exponent: { ...examples.decided.fit.exponent, ...none },
        groups: examples.decided.fit.groups.map((group) => ({
          ...group,
          exponent: { ...group.exponent, ...none },
        })),
      }),
    );
    for (const name of [
      "change-by-size",
      "independence",
      "likelihood-profile",
      "groups",
      "noise-sensitivity",
    ]) {
      expect(svgs.get(name), name).not.toContain("Not drawn");
    }
    expect(svgs.get("groups")?.match(/>no estimate</g)).toHaveLength(4);
    expect(svgs.get("change-by-size")).not.toContain("estimate λ̂");
  });

  it("an interval that is open at both ends shows all of the curve and arrows in the forest", () => {
    const open = { ...examples.decided.fit.exponent, low: null, high: null };
    const svgs = drawn(changed({ exponent: open }));
    expect(svgs.get("independence")).toMatch(/>−2</);
    expect(svgs.get("groups")).toContain("[&lt; −2, &gt; 5]");
    for (const svg of svgs.values()) expect(svg).not.toContain("NaN");
  });

  it("a likelihood of 0 at some exponents leaves a gap, which the figure explains", () => {
    const { likelihood } = examples.decided.fit;
    const profile = likelihood.profile.map((point) =>
      point.exponent <= -0.2 ? { ...point, logLikelihood: null } : point,
    );
    const svg = drawn(changed({ likelihood: { ...likelihood, profile } })).get("likelihood-profile");
    expect(svg).toContain("the likelihood is 0: no path leads across zero");
  });

  it("a score without ΔCDF has a panel with the reason and no bars", () => {
    const potentials = examples.decided.fit.potentials.map((score) =>
      score.name === "3-norm"
        ? { ...score, deltaCdf: null, deltaCdfStatus: "outside-domain" as const }
        : score,
    );
    const histograms = examples.decided.picture.histograms.filter(({ potential }) => potential !== "3-norm");
    const svg = drawn(changed({ potentials }, { histograms })).get("dual-change-histograms");
    expect(svg).toContain("some weights lie outside");
    expect(svg).toContain("ΔCDF –");
  });

  it("zero and infinite values have no place on logarithmic axes and do no harm there", () => {
    const { picture, fit } = examples.decided;
    const continuum = picture.continuum.map((point, k) => (k === 3 ? { ...point, deltaCdf: 0 } : point));
    const changeBySize = fit.changeBySize.map((bin, k) => (k === 2 ? { ...bin, deviation: 0, low: 0 } : bin));
    const sample = { initial: [0, 1, 2, Number.NaN], final: [1, 0, 3, 1], group: null, of: 4 };
    const svgs = drawn(changed({ changeBySize }, { continuum, sample }));
    for (const [name, svg] of svgs) expect(svg, name).not.toMatch(/NaN|Infinity/);
    expect(svgs.get("final-by-initial")).toContain(">positive (1)<");
  });
});

describe("the figure of the groups", () => {
  it("applies to two groups and more", () => {
    expect(drawn(changed({ groups: examples.decided.fit.groups.slice(0, 1) })).has("groups")).toBe(false);
    expect(drawn(changed({ groups: examples.decided.fit.groups.slice(0, 2) })).has("groups")).toBe(true);
  });

  it("draws the 40 largest of 45 groups in their order, and says how many are left out", () => {
    const [group] = examples.decided.fit.groups;
    const many = Array.from({ length: 45 }, (_, k) => ({
      ...group,
      name: `neuron ${k}`,
      pairs: k < 5 ? 3 : 100 + k,
    }));
    const svg = drawn(changed({ groups: many })).get("groups") ?? "";
    const names = Array.from(svg.matchAll(/>(neuron \d+) \(/g), (match) => match[1]);
    expect(names).toEqual(many.slice(5).map(({ name }) => name));
    expect(svg).toContain("The largest 40 groups are drawn, 5 further ones left out of the picture.");
  });
});

describe("names from files", () => {
  it("are text in the figure, never markup", () => {
    const svg = drawn(oddNames()).get("groups") ?? "";
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&lt;script&gt;alert(&quot;x");
  });
});

describe("known measurement noise", () => {
  it("is named where a figure does not account for it", () => {
    const noise = {
      ...examples.decided.fit.noise,
      source: "given",
      method: "latent-grid",
      sensitivity: [],
    } as const;
    const svgs = drawn(changed({ noise }));
    expect(svgs.get("independence")).toContain("T does not account for the measurement noise");
    expect(svgs.get("change-by-size")).toContain("the change shown includes the measurement noise");
    expect(svgs.has("noise-sensitivity")).toBe(false);
  });
});
