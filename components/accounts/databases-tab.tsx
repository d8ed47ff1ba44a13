'use client';
import { Database as DatabaseIcon, Plus } from 'lucide-react';
import { useState } from 'react';
import { useDatabases } from '#client/queries/accounts.ts';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Input } from '#components/ui/input.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { hasCapability, hasNamedDatabases } from '#contract/datastores/definitions.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { CreateDatabaseDialog } from './create-database-dialog.tsx';
import { DatabaseTable } from './database-table.tsx';
import { ExtensionsPanel } from './extensions-panel.tsx';
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
      {hasCapability(instance.datastore, 'extensions') && databases.data !== undefined && databases.data.items.length > 0 && (
        <ExtensionsPanel instance={instance} databases={databases.data.items.map(({ name }) => name)} refusal={refusal} />
      )}
      <CreateDatabaseDialog instance={instance} open={creates} onOpenChange={setCreates} />
    </NeedsRunning>
  );
}
