'use client';
import { Ellipsis, Eye, KeyRound, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useUserChanges } from '#client/queries/accounts.ts';
import { useDenial } from '#client/queries/me.ts';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { MoreRows, useFewRows } from '#components/ui/few-rows.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { MenuItem, MenuLine } from '#components/ui/menu-items.tsx';
import { notifyProblem } from '#components/ui/notify.ts';
import { Nothing } from '#components/ui/quantity.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { Grant } from '#contract/grants.ts';
import type { ListedUser } from '#contract/resources/account.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { nameGrant } from './grantable.ts';
import { GrantsDialog } from './grants-dialog.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { ShownPassword } from './shown-password.tsx';

type Props = {
  instance: Instance;
  users: readonly ListedUser[];
  databases: readonly string[];
  /** The databases a user owns, where the engine knows owners. */
  owned(user: string): readonly string[];
  refusal: string | null;
};

export function UserTable({ instance, users, databases, owned, refusal }: Props) {
  const [asked, setAsked] = useState<{ what: 'password' | 'grants' | 'drop'; user: ListedUser } | null>(null);
  const { drop, reveal } = useUserChanges(instance.id);
  const revealDenial = useDenial('secret.reveal', instance.projectId);
  const { shown, rest, showMore } = useFewRows(users);
  const close = () => setAsked(null);
  return (
    <>
      <Table caption="Users by name">
        <thead>
          <tr>
            <HeadCell>Name</HeadCell>
            <HeadCell>May use</HeadCell>
            <HeadCell numeric className="max-sm:hidden">
              Connections at most
            </HeadCell>
            <HeadCell>
              <span className="sr-only">Actions</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {shown.map((user) => (
            <TableRow key={user.name}>
              <Cell>
                <span className="num mr-2 whitespace-pre">{user.name}</span>
                {user.isRoot && <Chip tone="attention">root</Chip>}
                {!user.canLogin && <Chip>no login</Chip>}
              </Cell>
              <Cell>
                <Grants grants={user.isRoot ? ['everything'] : user.grants} />
              </Cell>
              <Cell numeric className="max-sm:hidden">
                {user.connectionLimit ?? <Nothing />}
              </Cell>
              <Cell className="text-right">
                {!user.isRoot && (
                  <Menu trigger={<Button look="quiet" size="sm" icon={Ellipsis} aria-label={`Actions for ${user.name}`} />}>
                    <MenuItem icon={ShieldCheck} refusal={refusal} onSelect={() => setAsked({ what: 'grants', user })}>
                      Change grants
                    </MenuItem>
                    {user.passwordKept && (
                      <MenuItem
                        icon={Eye}
                        refusal={revealDenial}
                        hint="recorded"
                        onSelect={() => reveal.mutate(user.name, { onError: notifyProblem })}
                      >
                        Reveal the password
                      </MenuItem>
                    )}
                    <MenuItem icon={KeyRound} refusal={refusal} onSelect={() => setAsked({ what: 'password', user })}>
                      Change password
                    </MenuItem>
                    <MenuLine />
                    <MenuItem icon={Trash2} danger refusal={refusal} onSelect={() => setAsked({ what: 'drop', user })}>
                      Drop user
                    </MenuItem>
                  </Menu>
                )}
              </Cell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      {users.length === 0 && <p className="px-4 py-6 text-center text-muted">No user has this text in its name.</p>}
      <MoreRows rest={rest} onMore={showMore} />
      {asked?.what === 'grants' && <GrantsDialog instance={instance} user={asked.user} databases={databases} onDone={close} />}
      {asked?.what === 'password' && <PasswordDialog instance={instance} user={asked.user.name} onDone={close} />}
      {reveal.isSuccess && (
        <ShownPassword
          title="Password revealed"
          description="That it was looked at is recorded as an event of the instance."
          user={reveal.variables}
          password={reveal.data.password}
          verb="Close"
          onDone={reveal.reset}
        />
      )}
      {asked?.what === 'drop' && (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={`Drop ${asked.user.name}`}
          verb={`Drop ${asked.user.name}`}
          goes={['The user, its password and its grants. Programs that sign in as it are refused from now on.']}
          stays={[
            'Everything it created.',
            ...owned(asked.user.name).map((name) => `Its database ${name}, which then belongs to all with full rights in it.`),
          ]}
          run={() => drop.mutateAsync(asked.user.name)}
        />
      )}
    </>
  );
}

function Grants({ grants }: { grants: readonly Grant[] }) {
  if (grants.length === 0) return <span className="text-faint">nothing</span>;
  return (
    <span className="flex flex-wrap gap-1 py-1">
      {grants.slice(0, 4).map((grant) => (
        <Chip key={nameGrant(grant)} className="max-w-48">
          <span className="num truncate">{nameGrant(grant)}</span>
        </Chip>
      ))}
      {grants.length > 4 && <span className="text-12 text-faint">and {grants.length - 4} more</span>}
    </span>
  );
}
