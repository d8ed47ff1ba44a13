'use client';
import { useState } from 'react';
import { useExtensions } from '#client/queries/extensions.ts';
import { Select } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { ExtensionTable } from './extension-table.tsx';

type Props = { instance: Instance; databases: readonly string[]; refusal: string | null };

/** What each database is extended with, and what else the host has for it. */
export function ExtensionsPanel({ instance, databases, refusal }: Props) {
  const sorted = [...databases].sort((one, other) => one.localeCompare(other));
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState('');
  const database = sorted.includes(chosen) ? chosen : (sorted[0] ?? '');
  const extensions = useExtensions(instance.id, database);
  const installed = extensions.data?.items.filter(({ installedVersion }) => installedVersion !== null).length;
  return (
    <Panel
      title="Extensions"
      note={installed === undefined ? undefined : `${installed} in this database`}
      className="mt-4"
      flush
      actions={
        <>
          {sorted.length > 1 && (
            <Select
              aria-label="Extensions of database"
              className="h-7! w-44! py-0! max-sm:w-36!"
              value={database}
              onChange={(event) => setChosen(event.target.value)}
            >
              {sorted.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          )}
          <Input
            type="search"
            aria-label="Only extensions with this text in name or summary"
            placeholder="Filter"
            className="h-7! w-44! max-sm:w-28!"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </>
      }
    >
      <Loaded query={extensions} skeleton={<SkeletonRows rows={6} label="Reading extensions" />} what="The list of extensions">
        {({ items }) => (
          <ExtensionTable key={database} instance={instance} database={database} extensions={items} text={text} refusal={refusal} />
        )}
      </Loaded>
    </Panel>
  );
}
