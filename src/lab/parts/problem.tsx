/** One sentence that says what is wrong and what to try. */

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function Problem({ message }: { readonly message: string | null }) {
  return (
    <div role="alert" class={message === null ? "problem empty" : "problem"}>
      {message}
    </div>
  );
}

/** Settings of the address that could not be used. */
export function Ignored({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <p class="note" role="status">
      Left out of the address: {notes.join("; ")}.
    </p>
  );
}
