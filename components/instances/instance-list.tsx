import { useCallback, useDeferredValue, useRef, useSyncExternalStore } from 'react';
import { useStore } from '#client/store.ts';
import { lookChanges, readDensity } from '#client/theme.ts';
import { ListHead } from './list-head.tsx';
import { ListRow } from './list-row.tsx';
import type { Line } from './sort.ts';
import { useRowsInSight } from './use-rows-in-sight.ts';

export type InstanceListProps = {
  lines: readonly Line[];
  sort: string | null;
  onSort(sort: string): void;
  selected: ReadonlySet<string>;
  onSelected(selected: ReadonlySet<string>): void;
};

/** Rows that are on the screen and a few around it; thousands of others cost nothing. The page itself scrolls. */
export function InstanceList({ lines, sort, onSort, selected, onSelected }: InstanceListProps) {
  const ground = useRef<HTMLDivElement>(null);
  const height = useRowHeight();
  const { first, end } = useRowsInSight(ground, lines.length, height);
  // A screenful of rows is the page's heaviest work: the frame around them comes first, they follow in slices between which a click gets in.
  const isFramed = useDeferredValue(true, false);
  const latest = useRef(selected);
  latest.current = selected;
  const select = useCallback(
    (id: string, on: boolean) => {
      const next = new Set(latest.current);
      if (on) next.add(id);
      else next.delete(id);
      onSelected(next);
    },
    [onSelected],
  );
  const chosen = lines.filter((line) => selected.has(line.instance.id)).length;
  return (
    <div role="table" aria-label="Instances" aria-rowcount={lines.length + 1} className="rounded-panel border border-line bg-panel">
      <div role="rowgroup" className="border-line md:border-b">
        <ListHead
          sort={sort}
          onSort={onSort}
          all={chosen > 0 && chosen === lines.length}
          some={chosen > 0}
          onAll={(on) => onSelected(new Set(on ? lines.map((line) => line.instance.id) : []))}
        />
      </div>
      <div role="rowgroup" ref={ground} className="relative -mb-px" style={{ height: lines.length * height }}>
        {(isFramed ? lines.slice(first, end) : []).map(({ instance, indented }, index) => (
          <div
            key={instance.id}
            role="presentation"
            className="absolute inset-x-0 top-0 contain-content"
            style={{ height, transform: `translateY(${(first + index) * height}px)` }}
          >
            <ListRow instance={instance} indented={indented} index={first + index} selected={selected.has(instance.id)} onSelect={select} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** 44 px, 36 compact, 60 on phones where a row has two lines. */
function useRowHeight(): number {
  useStore(lookChanges);
  const phone = useSyncExternalStore(
    watchPhone,
    () => matchMedia(phoneQuery).matches,
    () => false,
  );
  return phone ? 60 : readDensity() === 'compact' ? 36 : 44;
}

const phoneQuery = '(max-width: 767px)';

function watchPhone(listener: () => void): () => void {
  const query = matchMedia(phoneQuery);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
