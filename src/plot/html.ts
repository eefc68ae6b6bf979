/** HTML in which nothing from a file can become markup. */

/** Text that is HTML already. */
export interface Markup {
  readonly markup: string;
}

type Content = string | number | Markup | readonly Markup[];

/** A template in which every string is escaped, and only Markup goes in as it is. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const markup = parts.map((part, k) => (k < contents.length ? part + markupOf(contents[k]) : part)).join("");
  return { markup };
}

/** Text that is known to be markup, such as a figure drawn here. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** Text in which `^(…)` becomes a raised exponent. */
export function raised(text: string): Markup {
  const parts = text.split(/\^\(([^()]*)\)/);
  return html`${parts.map((part, k) => (k % 2 === 1 ? html`<sup>${part}</sup>` : html`${part}`))}`;
}

export const NO_MARKUP: Markup = { markup: "" };

function markupOf(content: Content): string {
  if (typeof content === "string") return escapeHtml(content);
  if (typeof content === "number") return String(content);
  return "markup" in content ? content.markup : content.map(({ markup }) => markup).join("");
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
