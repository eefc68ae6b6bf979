/** A figure with its caption, and its files to save. */

import { useEffect, useRef } from "preact/hooks";
import { saveBlob } from "../save.ts";

interface FigureFrameProps {
  /** The text of a standalone SVG with a label of its own, as `svgText` gives it. */
  readonly svg: string;
  /** The name of the saved files. */
  readonly name: string;
  readonly caption?: string;
}

/** Pixels of a saved PNG for each of the figure's. */
const PNG_SCALE = 3;

export function FigureFrame({ svg, name, caption }: FigureFrameProps) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    // Parsed as XML, not as HTML: no text of a file becomes an element.
    const parsed = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    // The figure has a label of its own; those of its parts are the library's words, and no role goes with them.
    for (const part of parsed.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
    place.current?.replaceChildren(parsed);
  }, [svg]);
  return (
    <figure class="figure" id={`figure-${name}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls on a phone has to be reached by key. */}
      <section class="paper" ref={place} tabIndex={0} aria-label={`Figure ${name}`} />
      <figcaption>
        {caption}
        <span class="figure-files">
          <button
            type="button"
            onClick={() => saveBlob(`${name}.svg`, new Blob([svg], { type: "image/svg+xml" }))}
          >
            SVG<span class="unseen"> of {name}</span>
          </button>
          <button type="button" onClick={async () => saveBlob(`${name}.png`, await pngOf(svg))}>
            PNG<span class="unseen"> of {name}</span>
          </button>
        </span>
      </figcaption>
    </figure>
  );
}

async function pngOf(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = address;
  await image.decode();
  URL.revokeObjectURL(address);
  const canvas = document.createElement("canvas");
  canvas.width = PNG_SCALE * image.naturalWidth;
  canvas.height = PNG_SCALE * image.naturalHeight;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("the browser made no PNG")) : resolve(blob)),
      "image/png",
    );
  });
}
