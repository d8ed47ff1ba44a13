'use client';
import { useState } from 'react';
import { useUserChanges } from '#client/queries/accounts.ts';
import { Checkbox } from '#components/ui/field.tsx';
import { notify, notifyProblem } from '#components/ui/notify.ts';
import { Panel } from '#components/ui/panel.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { User } from '#contract/resources/account.ts';
import type { Instance } from '#contract/resources/instance.ts';

const most = { users: 50, databases: 12 };

type Props = { instance: Instance; users: readonly User[]; databases: readonly string[]; refusal: string | null };

/** Who may use what, at one look; a tick takes effect at once. Too large for a look, it leaves the field to the dialog. */
export function GrantsMatrix({ instance, users, databases, refusal }: Props) {
  const { setGrants } = useUserChanges(instance.id);
  const [pending, setPending] = useState<ReadonlyMap<string, string[]>>(new Map());
  if (users.length > most.users || databases.length > most.databases) return null;

  const change = (user: User, database: string, granted: boolean) => {
    if (refusal !== null) return notify(refusal, { tone: 'attention' });
    const now = pending.get(user.name) ?? user.grants;
    const grants = granted ? [...now, database] : now.filter((other) => other !== database);
    setPending((old) => new Map(old).set(user.name, grants));
    setGrants
      .mutateAsync({ name: user.name, grants })
      .then(() => notify(granted ? `${user.name} may now use ${database}.` : `${user.name} may no longer use ${database}.`), notifyProblem)
      .finally(() =>
        setPending((old) => {
          const rest = new Map(old);
          rest.delete(user.name);
          return rest;
        }),
      );
  };

  return (
    <Panel title="Grants" note="a tick takes effect at once" flush>
      <Table caption="Which user may use which database" className="w-auto!">
        <thead>
          <tr>
            <HeadCell>User</HeadCell>
            {databases.map((database) => (
              <HeadCell key={database} className="num max-w-40 truncate text-center!">
                {database}
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <TableRow key={user.name}>
              <th scope="row" className="num whitespace-pre px-4 text-left font-normal">
                {user.name}
              </th>
              {databases.map((database) => (
                <Cell key={database} className="text-center">
                  <Checkbox
                    aria-label={`${user.name} may use ${database}`}
                    aria-disabled={refusal !== null || undefined}
                    className="align-middle aria-disabled:opacity-50"
                    checked={(pending.get(user.name) ?? user.grants).includes(database)}
                    onChange={(event) => change(user, database, event.target.checked)}
                  />
                </Cell>
              ))}
            </TableRow>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
