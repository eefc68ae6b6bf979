/** A place to drop files and folders, with a button for each. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { type Chosen, chosenIn, folderOfList } from "../chosen.ts";

interface FileDropProps {
  readonly children: ComponentChildren;
  readonly multiple?: boolean;
  /** Whether a folder has its own button; dropped ones are taken anyway. */
  readonly folders?: boolean;
  readonly onChosen: (chosen: readonly Chosen[]) => void;
  /** Hears why what was dropped cannot be read. */
  readonly onProblem: (error: unknown) => void;
}

export function FileDrop({
  children,
  multiple = false,
  folders = false,
  onChosen,
  onProblem,
}: FileDropProps) {
  const over = useSignal(false);
  const give = (chosen: readonly Chosen[]) => {
    if (chosen.length > 0) onChosen(chosen);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping needs a pointer; the fields inside do the same by key.
    <div
      class={over.value ? "file-drop over" : "file-drop"}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => {
        over.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        if (event.dataTransfer !== null) chosenIn(event.dataTransfer).then(give, onProblem);
      }}
    >
      <span>{children}</span>
      <div class="row">
        <FileButton multiple={multiple} onFiles={give}>
          {multiple ? "Choose files" : "Choose a file"}
        </FileButton>
        {folders ? <FolderButton onChosen={give} onProblem={onProblem} /> : null}
      </div>
    </div>
  );
}

interface FileButtonProps {
  readonly children: ComponentChildren;
  readonly multiple?: boolean;
  /** Whether a folder is chosen, of which all files are given. */
  readonly folder?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

export function FileButton({ children, multiple = false, folder = false, onFiles }: FileButtonProps) {
  const id = useId();
  return (
    <span class="file-button">
      <input
        id={id}
        class="unseen"
        type="file"
        multiple={multiple}
        {...(folder ? { webkitdirectory: true } : {})}
        onChange={({ currentTarget }) => {
          onFiles(Array.from(currentTarget.files ?? []));
          // The same file can be chosen again after it was mended.
          currentTarget.value = "";
        }}
      />
      <label for={id} class="button">
        {children}
      </label>
    </span>
  );
}

export function FolderButton({ onChosen, onProblem }: Pick<FileDropProps, "onChosen" | "onProblem">) {
  const take = (files: readonly File[]) => {
    try {
      const folder = folderOfList(files);
      if (folder !== null) onChosen([folder]);
    } catch (error) {
      onProblem(error);
    }
  };
  return (
    <FileButton folder onFiles={take}>
      Choose a folder
    </FileButton>
  );
}
