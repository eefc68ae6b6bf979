/** Work under way: how far, what, and a way to stop it. */

interface ProgressProps {
  readonly done: number;
  /** 0 where it is not known yet. */
  readonly total: number;
  readonly label: string;
  readonly onCancel?: () => void;
}

export function Progress({ done, total, label, onCancel }: ProgressProps) {
  return (
    <div class="progress">
      <progress max={1} value={total > 0 ? done / total : undefined} aria-label={label} />
      <span role="status">{label}</span>
      {onCancel === undefined ? null : (
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}
