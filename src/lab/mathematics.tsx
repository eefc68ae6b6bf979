/** Formulas as MathML, which browsers set without fonts of ours. */

import katex from "katex";
import { useMemo } from "preact/hooks";

/** A formula in the notation of TeX. @param display  on a line of its own */
export function Formula({ tex, display = false }: { readonly tex: string; readonly display?: boolean }) {
  const __html = useMemo(
    () => katex.renderToString(tex, { output: "mathml", displayMode: display, throwOnError: true }),
    [tex, display],
  );
  // KaTeX made it from a formula of ours.
  return <span class={display ? "formula display" : "formula"} dangerouslySetInnerHTML={{ __html }} />;
}
