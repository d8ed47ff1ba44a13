export type ShownKind = 'base' | 'full' | 'increment';

/** A filled diamond is a full backup that moments after it are restored from, a hollow one any other full one, a tick one that adds to another. */
export function BackupShape({ kind }: { kind: ShownKind }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden className="shrink-0 text-fg" data-kind={kind}>
      {kind === 'increment' ? (
        <path d="M6 2v8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      ) : (
        <path d="M6 1 11 6 6 11 1 6z" fill={kind === 'base' ? 'currentColor' : 'none'} stroke="currentColor" strokeWidth="1.5" />
      )}
    </svg>
  );
}
