import { clsx } from 'clsx';
import { CornerDownRight } from 'lucide-react';
import { memo } from 'react';
import { Chip } from '#components/ui/chip.tsx';
import { EngineMark } from '#components/ui/engine-mark.tsx';
import { Go } from '#components/ui/go.tsx';
import { Checkbox } from '#components/ui/input.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { fromLg, fromXl, grid } from './columns.ts';
import { BackupCell, LagCell, LoadCell, SeenCell, SizeCell, StateCell } from './row-cells.tsx';

export type ListRowProps = {
  instance: Instance;
  indented: boolean;
  index: number;
  selected: boolean;
  onSelect(id: string, selected: boolean): void;
};

/** One line an instance. The name is a link that covers the line: a click opens it, a middle click opens a tab. */
export const ListRow = memo(function ListRow({ instance, indented, index, selected, onSelect }: ListRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-instance={instance.name}
      className={clsx(
        grid,
        'group relative flex h-full items-center gap-x-3 border-line border-b px-3 transition-colors duration-[120ms]',
        selected ? 'bg-selected' : 'hover:bg-hover/60',
      )}
    >
      <div role="cell" className="relative z-10 flex items-center">
        {/* On phones a finger's breadth around the box belongs to it, not to the link that covers the line. */}
        <label htmlFor={`select-${instance.id}`} className="flex items-center max-md:-m-3.5 max-md:p-3.5">
          <Checkbox
            id={`select-${instance.id}`}
            aria-label={`Select ${instance.name}`}
            checked={selected}
            onChange={(event) => onSelect(instance.id, event.target.checked)}
          />
        </label>
      </div>
      <div role="cell" className="flex min-w-0 grow items-center gap-2 max-md:flex-col max-md:items-start max-md:gap-0.5">
        <span className="flex min-w-0 max-w-full items-center gap-2">
          {indented && <CornerDownRight size={14} aria-hidden className="ml-1 text-faint" />}
          <Go
            href={`/instances/${instance.id}`}
            className="truncate font-medium text-13 -outline-offset-2 after:absolute after:inset-0 group-hover:text-accent max-md:text-14"
          >
            {instance.name}
          </Go>
          {instance.role === 'replica' && <Chip tone="replica">replica</Chip>}
        </span>
        <span className="flex min-w-0 items-center gap-2 text-12 text-muted md:hidden">
          <StateCell instance={instance} />
        </span>
      </div>
      <div role="cell" className="min-w-0 max-md:hidden">
        <StateCell instance={instance} />
      </div>
      <div role="cell" className={clsx(fromLg, 'min-w-0 text-muted')}>
        <EngineMark datastore={instance.datastore} version={instance.version} />
      </div>
      <div role="cell" className={fromXl}>
        <SizeCell instance={instance} />
      </div>
      <div role="cell" className={fromLg}>
        <LoadCell instance={instance} />
      </div>
      <div role="cell" className={clsx(fromXl, 'justify-end')}>
        <LagCell instance={instance} />
      </div>
      <div role="cell" className={clsx(fromXl, 'justify-end text-muted')}>
        <BackupCell instance={instance} />
      </div>
      <div role="cell" className="shrink-0 text-right max-md:flex max-md:flex-col max-md:items-end">
        <span className="text-12 text-muted md:hidden">
          <EngineMark datastore={instance.datastore} version={instance.version} />
        </span>
        <SeenCell instance={instance} />
      </div>
    </div>
  );
});
