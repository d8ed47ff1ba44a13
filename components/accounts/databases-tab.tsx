'use client';
import { Database as DatabaseIcon, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useDatabaseChanges, useDatabases } from '#client/queries/accounts.ts';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { MoreRows, useFewRows } from '#components/ui/few-rows.tsx';
import { Input } from '#components/ui/field.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Bytes } from '#components/ui/quantity.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { hasNamedDatabases } from '#contract/datastores/definitions.ts';
import type { Database } from '#contract/resources/account.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { CreateDatabaseDialog } from './create-database-dialog.tsx';
import { NeedsRunning } from './needs-running.tsx';
import { NumberedDatabases } from './numbered-databases.tsx';
import { useAccountsRefusal } from './use-accounts-refusal.ts';

export function DatabasesTab({ instance }: { instance: Instance }) {
  const databases = useDatabases(instance.id);
  const refusal = useAccountsRefusal(instance, 'database.manage');
  const named = hasNamedDatabases(instance.datastore);
  const [creates, setCreates] = useState(false);
  const [text, setText] = useState('');
  const count = databases.data?.items.length;
  const create = (
    <Button size="sm" icon={Plus} refusal={refusal} onClick={() => setCreates(true)}>
      Create database
    </Button>
  );
  return (
    <NeedsRunning instance={instance} what="Databases">
      <Panel
        title="Databases"
        note={count}
        flush
        actions={
          <>
            {named && (count ?? 0) > 10 && (
              <Input
                type="search"
                aria-label="Only databases with this text in their name"
                placeholder="Filter by name"
                className="h-7! w-44!"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
            {named && create}
          </>
        }
      >
        <Loaded query={databases} skeleton={<SkeletonRows rows={4} label="Reading databases" />} what="The list of databases">
          {({ items }) =>
            !named ? (
              <NumberedDatabases databases={items} />
            ) : items.length === 0 ? (
              <EmptyState
                icon={DatabaseIcon}
                title="No databases yet"
                sentence="Tables live in a database. Create the first one."
                action={create}
              />
            ) : (
              <DatabaseTable instance={instance} databases={items} text={text} refusal={refusal} />
            )
          }
        </Loaded>
      </Panel>
      <CreateDatabaseDialog instance={instance} open={creates} onOpenChange={setCreates} />
    </NeedsRunning>
  );
}

type TableProps = { instance: Instance; databases: readonly Database[]; text: string; refusal: string | null };

function DatabaseTable({ instance, databases, text, refusal }: TableProps) {
  const { drop } = useDatabaseChanges(instance.id);
  const [dropped, setDropped] = useState<Database | null>(null);
  const found = useMemo(
    () =>
      databases
        .filter((database) => database.name.toLowerCase().includes(text.toLowerCase()))
        .sort((one, other) => one.name.localeCompare(other.name)),
    [databases, text],
  );
  const { shown, rest, showMore } = useFewRows(found);
  return (
    <>
      <Table caption="Databases by name">
        <thead>
          <tr>
            <HeadCell>Name</HeadCell>
            <HeadCell numeric>Size</HeadCell>
            <HeadCell className="max-sm:hidden">Encoding</HeadCell>
            <HeadCell className="max-sm:hidden">Collation</HeadCell>
            <HeadCell>
              <span className="sr-only">Actions</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {shown.map((database) => (
            <TableRow key={database.name}>
              <Cell className="num whitespace-pre">{database.name}</Cell>
              <Cell numeric>
                <Bytes of={database.sizeBytes} />
              </Cell>
              <Cell className="text-muted max-sm:hidden">{database.encoding}</Cell>
              <Cell className="num text-muted max-sm:hidden">{database.collation}</Cell>
              <Cell className="text-right">
                <Button look="quiet" size="sm" icon={Trash2} refusal={refusal} onClick={() => setDropped(database)}>
                  Drop<span className="sr-only"> {database.name}</span>
                </Button>
              </Cell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      {found.length === 0 && <p className="px-4 py-6 text-center text-muted">No database has “{text}” in its name.</p>}
      <MoreRows rest={rest} onMore={showMore} />
      {dropped !== null && (
        <ConfirmDialog
          open
          onOpenChange={() => setDropped(null)}
          title={`Drop ${dropped.name}`}
          verb={`Drop ${dropped.name}`}
          typed={dropped.name}
          goes={['The database with all its tables and data. Only a backup brings them back.', 'The grants on it.']}
          stays={['Its users, and every other database.']}
          run={() => drop.mutateAsync(dropped.name)}
        />
      )}
    </>
  );
}
