'use client';
import { useState } from 'react';
import { Field, Input } from '#components/ui/field.tsx';
import { type DatastoreName, getDatastore } from '#contract/datastores/definitions.ts';
import { type Grantable, listGrantable } from './grantable.ts';
import { Tick } from './tick.tsx';

type Props = { datastore: DatastoreName; databases: readonly string[]; chosen: readonly string[]; onChange(chosen: string[]): void };

/** What a user may use, as a list to tick; filtered by name when it is long. A grant on a database that is gone can still be taken away. */
export function GrantsField({ datastore, databases, chosen, onChange }: Props) {
  const [text, setText] = useState('');
  const { presets } = getDatastore(datastore);
  const offered = listGrantable(datastore, databases);
  const patterns = presets === undefined ? [] : chosen.filter((grant) => grant.startsWith('~'));
  const gone = chosen.filter((grant) => !patterns.includes(grant) && !offered.some(({ key }) => key === grant));
  const all: readonly Grantable[] = presets === undefined ? sortByKey([...offered, ...gone.map((key) => ({ key, title: key }))]) : offered;
  const found = all.filter(({ title }) => title.toLowerCase().includes(text.toLowerCase()));
  return (
    <>
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
          {found.slice(0, 200).map(({ key, title, meaning }) => (
            <Tick
              key={key}
              className="min-h-8 px-3 hover:bg-hover max-md:min-h-11"
              checked={chosen.includes(key)}
              onChange={(checked) => onChange(checked ? [...chosen, key] : chosen.filter((other) => other !== key))}
            >
              <span className={`min-w-0 truncate whitespace-pre ${presets === undefined ? 'num' : ''}`}>{title}</span>
              {meaning !== undefined && <span className="min-w-0 text-muted">{meaning}</span>}
            </Tick>
          ))}
        </div>
      </fieldset>
      {presets !== undefined && <Patterns chosen={patterns} onChange={(next) => onChange([...without(chosen, patterns), ...next])} />}
    </>
  );
}

/** Patterns of keys, typed without the mark that tells them from presets. */
function Patterns({ chosen, onChange }: { chosen: readonly string[]; onChange(patterns: string[]): void }) {
  const [text, setText] = useState(chosen.map((pattern) => pattern.slice(1)).join(' '));
  return (
    <Field label="Only keys like" hint="Patterns such as cart:* with spaces between. Left empty, every key.">
      {(control) => (
        <Input
          {...control}
          mono
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            onChange(
              event.target.value
                .split(/\s+/)
                .filter(Boolean)
                .map((pattern) => `~${pattern}`),
            );
          }}
        />
      )}
    </Field>
  );
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((item) => !some.includes(item));
}

function sortByKey<T extends { key: string }>(items: readonly T[]): T[] {
  return [...items].sort((one, other) => one.key.localeCompare(other.key));
}
