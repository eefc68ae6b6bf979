/** How wide text is, where no browser is there to ask: good to about a tenth, and rather too wide than too narrow. */

/** Advance widths in the font's size: classes of letters of DejaVu Sans, which Verdana shares. */
const CLASSES: readonly (readonly [string, number])[] = [
  ["ijlI|.,:;'! ", 0.32],
  ['frt-()[]/"⁰¹²³', 0.42],
  ["mwMW@%−×≤≥±<>=+", 0.9],
  ["ABCDEFGHKLNOPQRSTUVXYZ&", 0.71],
];
const OTHER = 0.63;
const BOLD = 1.12;

const WIDTHS = new Map(
  CLASSES.flatMap(([letters, width]) => Array.from(letters, (letter) => [letter, width])),
);

/** Width of one line of text in pixels. */
export function textWidth(text: string, fontSize: number, weight: "normal" | "bold" = "normal"): number {
  let width = 0;
  for (const letter of text) width += WIDTHS.get(letter) ?? OTHER;
  return width * fontSize * (weight === "bold" ? BOLD : 1);
}

/** The text itself, or its beginning with an ellipsis where it is wider than `width` pixels. */
export function shortened(text: string, width: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && textWidth(`${letters.join("")}…`, fontSize) > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/** Lines no wider than `width` pixels, broken at spaces; a single word may be wider. */
export function wrapped(text: string, width: number, fontSize: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, fontSize) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
