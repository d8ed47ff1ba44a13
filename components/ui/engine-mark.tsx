import { type DatastoreName, getDatastore } from '#contract/datastores/definitions.ts';

/** An engine's own small mark: two letters in a drum. With `version` it is mark and words. */
export function EngineMark({ datastore, version }: { datastore: DatastoreName; version?: string }) {
  const { title, mark: letters } = getDatastore(datastore);
  const mark = (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" className="shrink-0 text-muted">
      <path
        d="M2 3.8C2 2.5 4.7 1.5 8 1.5s6 1 6 2.3v8.4c0 1.3-2.7 2.3-6 2.3s-6-1-6-2.3z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.2"
      />
      <text x="8" y="11" textAnchor="middle" fontSize="7" fontWeight="600" fill="currentColor" fontFamily="var(--font-geist-sans)">
        {letters}
      </text>
    </svg>
  );
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5 whitespace-nowrap">
      {mark}
      <span className="truncate">{version === undefined ? title : `${title} ${version}`}</span>
    </span>
  );
}
