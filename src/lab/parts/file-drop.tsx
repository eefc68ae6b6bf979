/** A place to drop files, which is a button too. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface FileDropProps {
  readonly children: ComponentChildren;
  readonly multiple?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

export function FileDrop({ children, multiple = false, onFiles }: FileDropProps) {
  const id = useId();
  const over = useSignal(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping needs a pointer; the field inside does the same by key.
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
        const files = Array.from(event.dataTransfer?.files ?? []);
        if (files.length > 0) onFiles(files);
      }}
    >
      <label for={id}>{children}</label>
      <input
        id={id}
        type="file"
        multiple={multiple}
        onChange={({ currentTarget }) => {
          const files = Array.from(currentTarget.files ?? []);
          if (files.length > 0) onFiles(files);
          // The same file can be chosen again after it was mended.
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
