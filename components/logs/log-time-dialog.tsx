'use client';
import { useState } from 'react';
import { zoneName } from '#client/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { LogFilter } from './log-filter.ts';

type Props = { open: boolean; onOpenChange(open: boolean): void; filter: LogFilter; onFilter(change: Partial<LogFilter>): void };

/** Two exact times, either of which may be left out. */
export function LogTimeDialog({ open, onOpenChange, filter, onFilter }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Lines between two times" description={`Times are in your zone, ${zoneName()}.`}>
      {open && <TimeForm filter={filter} onFilter={onFilter} onDone={() => onOpenChange(false)} />}
    </Dialog>
  );
}

function TimeForm({ filter, onFilter, onDone }: Pick<Props, 'filter' | 'onFilter'> & { onDone(): void }) {
  const [from, setFrom] = useState(toLocal(filter.from));
  const [to, setTo] = useState(toLocal(filter.to));
  const wrong = from !== '' && to !== '' && from >= to ? 'The second time is not after the first.' : undefined;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong !== undefined) return;
        onFilter({ range: null, from: toIso(from), to: toIso(to) });
        onDone();
      }}
    >
      <Field label="From">
        {(control) => <Input {...control} type="datetime-local" step={1} value={from} onChange={(event) => setFrom(event.target.value)} />}
      </Field>
      <Field label="To" error={wrong}>
        {(control) => <Input {...control} type="datetime-local" step={1} value={to} onChange={(event) => setTo(event.target.value)} />}
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button look="primary" type="submit">
          Show lines
        </Button>
      </div>
    </form>
  );
}

function toLocal(iso: string | null): string {
  if (iso === null) return '';
  const ms = Date.parse(iso);
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function toIso(local: string): string | null {
  return local === '' ? null : new Date(local).toISOString();
}
