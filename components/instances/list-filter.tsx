import { Search, X } from 'lucide-react';
import { useId, useState } from 'react';
import { formatNumber } from '#client/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';
import { defaultDatastore } from '#contract/datastores/definitions.ts';
import type { Counts } from './use-lines.ts';

const quick = [
  { title: 'All', filter: '', count: (counts: Counts) => counts.all },
  { title: 'Problems', filter: 'is:problem', count: (counts: Counts) => counts.problems },
  { title: 'Working', filter: 'is:busy', count: (counts: Counts) => counts.busy },
  { title: 'Stopped', filter: 'state:stopped', count: (counts: Counts) => counts.stopped },
] as const;

/** The filter line and its most used values with their counts, once these are known. */
export function ListFilter({ filter, onFilter, counts }: { filter: string; onFilter(filter: string): void; counts: Counts | null }) {
  const [text, setText] = useState(filter);
  const [given, setGiven] = useState(filter);
  const says = useId();
  if (given !== filter) {
    setGiven(filter);
    if (text.trim() !== filter) setText(filter);
  }
  const change = (next: string) => {
    setText(next);
    setGiven(next.trim());
    onFilter(next.trim());
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <div className="relative min-w-0 grow sm:max-w-110">
        <Search size={16} aria-hidden className="-translate-y-1/2 absolute top-1/2 left-2.5 text-faint" />
        <Input
          type="search"
          aria-label="Filter instances"
          aria-describedby={says}
          placeholder={`Filter: name, state:!healthy, engine:${defaultDatastore}…`}
          value={text}
          onChange={(event) => change(event.target.value)}
          className="border-line! pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
        />
        <span id={says} className="sr-only">
          Words are searched in names. Fields: state, engine, role, project, is. An exclamation mark after the colon excludes.
        </span>
        {text !== '' && (
          <span className="absolute top-0.5 right-0.5 max-md:top-1.5">
            <Button look="quiet" size="sm" icon={X} aria-label="Clear the filter" onClick={() => change('')} />
          </span>
        )}
      </div>
      <fieldset className="flex gap-1">
        <legend className="sr-only">Quick filters</legend>
        {quick.map(({ title, filter: value, count }) => (
          <Button
            key={title}
            size="sm"
            look={filter === value ? 'plain' : 'quiet'}
            aria-pressed={filter === value}
            onClick={() => change(value)}
          >
            {title} {counts !== null && <span className="num text-12 text-faint">{formatNumber(count(counts))}</span>}
          </Button>
        ))}
      </fieldset>
    </div>
  );
}
