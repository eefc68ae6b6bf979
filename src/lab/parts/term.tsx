/** A word with its one-line explanation on hover, focus or touch. */

import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
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
  const wordElement = useRef<HTMLButtonElement>(null);
  const explanation = useRef<HTMLSpanElement>(null);
  const show = () => {
    open.value = true;
  };
  useSignalEffect(() => {
    if (!open.value) return;
    const place = () => placeBeneath(wordElement.current, explanation.current);
    place();
    // Of the page and of anything in it that scrolls.
    window.addEventListener("scroll", place, true);
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place, true);
      window.removeEventListener("resize", place);
    };
  });
  const hide = () => {
    open.value = false;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside takes focus and keys; here the pointer may rest on the explanation.
    <span class="term" onMouseEnter={show} onMouseLeave={hide}>
      <button
        ref={wordElement}
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
      <span ref={explanation} role="tooltip" id={id} class="explanation" hidden={!open.value}>
        {glossary[word]}
      </span>
    </span>
  );
}

const EDGE = 8;

/** Within the window, and not cut off by what the word scrolls in. */
function placeBeneath(word: HTMLElement | null, explanation: HTMLElement | null): void {
  if (word === null || explanation === null) return;
  const { left, bottom } = word.getBoundingClientRect();
  explanation.hidden = false;
  const last = document.documentElement.clientWidth - explanation.offsetWidth - EDGE;
  explanation.style.left = `${Math.max(EDGE, Math.min(left, last))}px`;
  explanation.style.top = `${bottom}px`;
}
