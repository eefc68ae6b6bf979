/** A word with its one-line explanation on hover, focus or touch. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { type GlossaryWord, glossary } from "../glossary.ts";

interface TermProps {
  readonly word: GlossaryWord;
  /** As it stands in the sentence; the word itself unless given. */
  readonly children?: ComponentChildren;
}

/** The explanation can be hovered, and Escape takes it away (WCAG 1.4.13). */
export function Term({ word, children }: TermProps) {
  const id = useId();
  const open = useSignal(false);
  const show = () => {
    open.value = true;
  };
  const hide = () => {
    open.value = false;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside takes focus and keys; here the pointer may rest on the explanation.
    <span class="term" onMouseEnter={show} onMouseLeave={hide}>
      <button
        type="button"
        class="term-word"
        aria-describedby={id}
        onFocus={show}
        onBlur={hide}
        onClick={show}
        onKeyDown={({ key }) => {
          if (key === "Escape") hide();
        }}
      >
        {children ?? word}
      </button>
      <span role="tooltip" id={id} class="explanation" hidden={!open.value}>
        {glossary[word]}
      </span>
    </span>
  );
}
