'use client';
import { useState } from 'react';
import { Input } from '#components/ui/field.tsx';
import { Tick } from './tick.tsx';

/** Which databases, as a list to tick; filtered by name when it is long. A grant on a database that is gone can still be taken away. */
export function GrantsField({
  databases,
  chosen,
  onChange,
}: {
  databases: readonly string[];
  chosen: readonly string[];
  onChange(chosen: string[]): void;
}) {
  const [text, setText] = useState('');
  const all = [...new Set([...databases, ...chosen])].sort((one, other) => one.localeCompare(other));
  const found = all.filter((name) => name.toLowerCase().includes(text.toLowerCase()));
  return (
    <fieldset>
      <legend className="mb-1 font-medium">May use</legend>
      {all.length > 8 && (
        <Input
          type="search"
          aria-label="Only databases with this text in their name"
          placeholder="Filter by name"
          className="mb-2"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      <div className="max-h-56 overflow-y-auto rounded-control border border-line">
        {found.length === 0 && (
          <p className="px-3 py-2 text-muted">{all.length === 0 ? 'There are no databases yet.' : 'No database has this name.'}</p>
        )}
        {found.slice(0, 200).map((name) => (
          <Tick
            key={name}
            className="min-h-8 px-3 hover:bg-hover max-md:min-h-11"
            checked={chosen.includes(name)}
            onChange={(checked) => onChange(checked ? [...chosen, name] : chosen.filter((other) => other !== name))}
          >
            <span className="num min-w-0 truncate whitespace-pre">{name}</span>
          </Tick>
        ))}
      </div>
    </fieldset>
  );
}
