import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useStore } from '#client/store.ts';
import { lookChanges, readDensity } from '#client/theme.ts';
import { ListHead } from './list-head.tsx';
import { ListRow } from './list-row.tsx';
import type { Line } from './sort.ts';

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
  const [top, setTop] = useState(0);
  const height = useRowHeight();
  useLayoutEffect(() => setTop(ground.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: lines.length,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: top,
    useFlushSync: false,
  });
  useLayoutEffect(() => {
    if (height > 0) virtual.measure();
  }, [virtual, height]);
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
      <div role="rowgroup" ref={ground} className="relative -mb-px" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (line === undefined) return null;
          const { instance, indented } = line;
          return (
            <div
              key={instance.id}
              role="presentation"
              className="absolute inset-x-0 top-0 contain-content"
              style={{ height: item.size, transform: `translateY(${item.start - top}px)` }}
            >
              <ListRow instance={instance} indented={indented} index={item.index} selected={selected.has(instance.id)} onSelect={select} />
            </div>
          );
        })}
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
