'use client';
import { useState } from 'react';
import { useUserChanges } from '#client/queries/accounts.ts';
import { notify, notifyProblem } from '#components/ui/notify.ts';
import { Panel } from '#components/ui/panel.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { type Grant, type GrantLevel, grantLevelTitles, toGrants, toLevels } from '#contract/grants.ts';
import type { User } from '#contract/resources/account.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { LevelSelect } from './level-select.tsx';
import { LevelMeanings } from './levels-field.tsx';

const most = { users: 50, databases: 12 };

type Props = { instance: Instance; users: readonly User[]; databases: readonly string[]; refusal: string | null };

/** Who may use what, at one look; a choice takes effect at once. Too large for a look, it leaves the field to the dialog. */
export function GrantsMatrix({ instance, users, databases, refusal }: Props) {
  const { setGrants } = useUserChanges(instance.id);
  const [pending, setPending] = useState<ReadonlyMap<string, Grant[]>>(new Map());
  if (users.length > most.users || databases.length > most.databases) return null;

  const change = (user: User, database: string, level: GrantLevel | undefined) => {
    if (refusal !== null) return notify(refusal, { tone: 'attention' });
    const levels = toLevels(pending.get(user.name) ?? user.grants);
    if (level === undefined) levels.delete(database);
    else levels.set(database, level);
    const grants = toGrants(levels);
    setPending((old) => new Map(old).set(user.name, grants));
    setGrants
      .mutateAsync({ name: user.name, grants })
      .then(() => notify(tell(user.name, database, level)), notifyProblem)
      .finally(() =>
        setPending((old) => {
          const rest = new Map(old);
          rest.delete(user.name);
          return rest;
        }),
      );
  };

  return (
    <Panel title="Grants" note="a choice takes effect at once" flush>
      <Table caption="Which user may use which database" className="w-auto!">
        <thead>
          <tr>
            <HeadCell className="sticky left-0 bg-panel">User</HeadCell>
            {databases.map((database) => (
              <HeadCell key={database} className="num max-w-40 truncate">
                {database}
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <TableRow key={user.name}>
              <th
                scope="row"
                className="num sticky left-0 whitespace-pre bg-panel px-4 text-left font-normal max-sm:max-w-40 max-sm:truncate"
              >
                {user.name}
              </th>
              {databases.map((database) => (
                <Cell key={database}>
                  <LevelSelect
                    label={`Rights of ${user.name} in ${database}`}
                    className="w-40!"
                    disabled={refusal !== null}
                    level={toLevels(pending.get(user.name) ?? user.grants).get(database)}
                    onChange={(level) => change(user, database, level)}
                  />
                </Cell>
              ))}
            </TableRow>
          ))}
        </tbody>
      </Table>
      <LevelMeanings datastore={instance.datastore} className="border-line border-t px-4 py-2" />
    </Panel>
  );
}

function tell(user: string, database: string, level: GrantLevel | undefined): string {
  return level === undefined
    ? `${user} may no longer use ${database}.`
    : `${user} may now use ${database}: ${grantLevelTitles[level].toLowerCase()}.`;
}
