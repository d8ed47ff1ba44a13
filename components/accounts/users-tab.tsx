'use client';
import { Plus, UserRound } from 'lucide-react';
import { useState } from 'react';
import { useDatabases, useUsers } from '#client/queries/accounts.ts';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Input } from '#components/ui/input.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { hasNamedDatabases } from '#contract/datastores/definitions.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { GrantsMatrix } from './grants-matrix.tsx';
import { NeedsRunning } from './needs-running.tsx';
import { RootPanel } from './root-panel.tsx';
import { useAccountsRefusal } from './use-accounts-refusal.ts';
import { UserDialog } from './user-dialog.tsx';
import { UserTable } from './user-table.tsx';

export function UsersTab({ instance }: { instance: Instance }) {
  const users = useUsers(instance.id);
  const databases = useDatabases(instance.id);
  const refusal = useAccountsRefusal(instance, 'user.manage');
  const [creates, setCreates] = useState(false);
  const [text, setText] = useState('');
  const names = (databases.data?.items ?? []).map((database) => database.name);
  const tenants = users.data?.items.filter((user) => !user.isRoot);
  const create = (
    <Button size="sm" icon={Plus} refusal={refusal} onClick={() => setCreates(true)}>
      Create user
    </Button>
  );
  return (
    <NeedsRunning instance={instance} what="Users">
      <div className="grid grid-cols-1 gap-4">
        <Panel
          title="Users"
          note={tenants?.length}
          flush
          actions={
            <>
              {(tenants?.length ?? 0) > 10 && (
                <Input
                  type="search"
                  aria-label="Only users with this text in their name"
                  placeholder="Filter by name"
                  className="h-7! w-44!"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              )}
              {create}
            </>
          }
        >
          <Loaded query={users} skeleton={<SkeletonRows rows={4} label="Reading users" />} what="The list of users">
            {({ items }) =>
              items.every((user) => user.isRoot) ? (
                <EmptyState
                  icon={UserRound}
                  title="No users yet"
                  sentence="Programs sign in to the database as a user. Create the first one."
                  action={create}
                />
              ) : (
                <UserTable
                  instance={instance}
                  users={items.filter((user) => (user.canLogin || !user.isRoot) && user.name.toLowerCase().includes(text.toLowerCase()))}
                  databases={names}
                  owned={(user) => databases.data?.items.filter(({ owner }) => owner === user).map(({ name }) => name) ?? []}
                  refusal={refusal}
                />
              )
            }
          </Loaded>
        </Panel>
        {tenants !== undefined && tenants.length > 0 && names.length > 0 && hasNamedDatabases(instance.datastore) && (
          <GrantsMatrix instance={instance} users={tenants} databases={names} refusal={refusal} />
        )}
        <RootPanel instance={instance} />
      </div>
      <UserDialog instance={instance} databases={names} open={creates} onOpenChange={setCreates} />
    </NeedsRunning>
  );
}
