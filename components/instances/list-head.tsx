import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { Checkbox } from '#components/ui/input.tsx';
import { fromLg, fromXl, grid } from './columns.ts';
import { parseSort, type SortKey } from './sort.ts';

export type ListHeadProps = {
  sort: string | null;
  onSort(sort: string): void;
  all: boolean;
  some: boolean;
  onAll(selected: boolean): void;
};

/** Column heads; each sorts up, down, and back to problems first. */
export function ListHead({ sort, onSort, all, some, onAll }: ListHeadProps) {
  const now = parseSort(sort);
  const head = (key: SortKey, title: string, className?: string, numeric?: boolean) => {
    const direction = now.key === key ? (now.down ? 'descending' : 'ascending') : 'none';
    const next = direction === 'none' ? key : direction === 'ascending' ? `-${key}` : '';
    return (
      <div role="columnheader" aria-sort={direction} className={clsx(className, numeric && 'flex justify-end')}>
        <button type="button" onClick={() => onSort(next)} className="inline-flex items-center gap-1 hover:text-fg">
          {title}
          {direction === 'ascending' && <ArrowUp size={12} aria-hidden />}
          {direction === 'descending' && <ArrowDown size={12} aria-hidden />}
        </button>
      </div>
    );
  };
  return (
    <div role="row" className={clsx(grid, 'hidden h-9 text-12 text-faint')}>
      <div role="columnheader" className="flex items-center">
        <Checkbox
          aria-label="Select every shown instance"
          checked={all}
          ref={(box) => {
            if (box) box.indeterminate = some && !all;
          }}
          onChange={(event) => onAll(event.target.checked)}
        />
      </div>
      {head('name', 'Name')}
      {head('state', 'State')}
      {head('engine', 'Engine', fromLg)}
      {head('size', 'Size', fromXl)}
      <div role="columnheader" className={fromLg}>
        Load, last minute
      </div>
      <div role="columnheader" className={clsx(fromXl, 'justify-end')}>
        Lag
      </div>
      {head('backup', 'Backup', fromXl, true)}
      {head('seen', 'Seen', undefined, true)}
    </div>
  );
}
