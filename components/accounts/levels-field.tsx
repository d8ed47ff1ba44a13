'use client';
import { useState } from 'react';
import { Input } from '#components/ui/input.tsx';
import type { DatastoreName } from '#contract/datastores/definitions.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import { type Grant, GrantLevel, grantLevelTitles, toGrants, toLevels } from '#contract/grants.ts';
import { LevelSelect } from './level-select.tsx';

type Props = { datastore: DatastoreName; databases: readonly string[]; chosen: readonly Grant[]; onChange(chosen: Grant[]): void };

/** What a user may do in each database; filtered by name when there are many. A grant on a database that is gone can still be taken away. */
export function LevelsField({ datastore, databases, chosen, onChange }: Props) {
  const [text, setText] = useState('');
  const levels = toLevels(chosen);
  const all = [...new Set([...databases, ...levels.keys()])].sort((one, other) => one.localeCompare(other));
  const found = all.filter((name) => name.toLowerCase().includes(text.toLowerCase()));
  const change = (database: string, level: GrantLevel | undefined) => {
    if (level === undefined) levels.delete(database);
    else levels.set(database, level);
    onChange(toGrants(levels));
  };
  return (
    <fieldset className="min-w-0">
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
          <div key={name} className="flex min-h-10 items-center justify-between gap-3 px-3 py-1 hover:bg-hover max-md:min-h-12">
            <span className="num min-w-0 truncate whitespace-pre">{name}</span>
            <LevelSelect
              label={`Rights in ${name}`}
              className="w-40! shrink-0"
              level={levels.get(name)}
              onChange={(level) => change(name, level)}
            />
          </div>
        ))}
      </div>
      <LevelMeanings datastore={datastore} />
    </fieldset>
  );
}

export function LevelMeanings({ datastore, className }: { datastore: DatastoreName; className?: string }) {
  const { levels } = getDetailedDatastore(datastore);
  if (levels === undefined) return null;
  return (
    <dl className={`mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-12 text-muted ${className ?? ''}`}>
      {GrantLevel.options.map((level) => (
        <div key={level} className="contents">
          <dt className="text-fg">{grantLevelTitles[level]}</dt>
          <dd>{levels[level]}</dd>
        </div>
      ))}
    </dl>
  );
}
