/** Where the weights come from: one or two files or folders, in order. */

import type { Chosen } from "../chosen.ts";
import { FileButton, FileDrop, FolderButton } from "../parts/file-drop.tsx";

interface SourceProps {
  /** The one or two that are loaded; none before. */
  readonly chosen: readonly Chosen[];
  readonly onChosen: (chosen: readonly Chosen[]) => void;
  readonly onProblem: (error: unknown) => void;
}

export function Source({ chosen, onChosen, onProblem }: SourceProps) {
  const add = (others: readonly Chosen[]) => onChosen(inOrder([...chosen, ...others]));
  return (
    <>
      <FileDrop multiple folders onChosen={(dropped) => onChosen(inOrder(dropped))} onProblem={onProblem}>
        {chosen.length === 0
          ? "Drop one table, or two files or folders of weights: before and after learning"
          : "Drop other files or folders"}
      </FileDrop>
      {chosen.length === 0 ? null : (
        <div class="card stack">
          <Ends names={chosen.map(({ name }) => name)} />
          {chosen.length === 2 ? (
            <button type="button" onClick={() => onChosen(chosen.toReversed())}>
              Swap initial and final
            </button>
          ) : (
            <fieldset class="field">
              <legend>Pair it with another</legend>
              <div class="row">
                <FileButton onFiles={add}>Choose a file</FileButton>
                <FolderButton onChosen={add} onProblem={onProblem} />
              </div>
            </fieldset>
          )}
        </div>
      )}
    </>
  );
}

export function Ends({ names }: { readonly names: readonly string[] }) {
  return (
    <dl class="facts narrow">
      {names.map((name, k) => (
        <div key={k === 0 ? "initial" : "final"}>
          <dt>{names.length === 1 ? "File" : k === 0 ? "Initial" : "Final"}</dt>
          <dd>{name}</dd>
        </div>
      ))}
    </dl>
  );
}

const LATER = /final|after|post|last|end/i;

/** What is called final comes second, in whatever order it was dropped. */
export function inOrder(chosen: readonly Chosen[]): readonly Chosen[] {
  const isTurned = chosen.length === 2 && LATER.test(chosen[0].name) && !LATER.test(chosen[1].name);
  return isTurned ? chosen.toReversed() : chosen;
}
