'use client';
import { Trash2, UserRoundPen } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useDatabaseChanges } from '#client/queries/accounts.ts';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { MoreRows, useFewRows } from '#components/ui/few-rows.tsx';
import { Bytes } from '#components/ui/quantity.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { hasCapability } from '#contract/datastores/definitions.ts';
import type { Database } from '#contract/resources/account.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { OwnerDialog } from './owner-dialog.tsx';

type Props = { instance: Instance; databases: readonly Database[]; text: string; refusal: string | null };

/** Databases a person named, with what may be done to each. */
export function DatabaseTable({ instance, databases, text, refusal }: Props) {
  const { drop } = useDatabaseChanges(instance.id);
  const [asked, setAsked] = useState<{ what: 'drop' | 'owner'; database: Database } | null>(null);
  const owned = hasCapability(instance.datastore, 'ownership');
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
            <HeadCell numeric className="max-sm:hidden">
              Size
            </HeadCell>
            {owned && <HeadCell className="max-sm:hidden">Owner</HeadCell>}
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
              <Cell className="max-sm:[overflow-wrap:anywhere]">
                <span className="num whitespace-pre max-sm:whitespace-pre-wrap">{database.name}</span>
                <span className="block text-12 text-muted sm:hidden">
                  <Bytes of={database.sizeBytes} />
                  {owned && (
                    <>
                      {', owner '}
                      <Owner of={database} />
                    </>
                  )}
                </span>
              </Cell>
              <Cell numeric className="max-sm:hidden">
                <Bytes of={database.sizeBytes} />
              </Cell>
              {owned && (
                <Cell className="whitespace-nowrap max-sm:hidden">
                  <Owner of={database} />
                </Cell>
              )}
              <Cell className="text-muted max-sm:hidden">{database.encoding}</Cell>
              <Cell className="num text-muted max-sm:hidden">{database.collation}</Cell>
              <Cell className="whitespace-nowrap">
                <span className="flex justify-end gap-1 max-sm:flex-col max-sm:items-end">
                  {owned && (
                    <Button
                      look="quiet"
                      size="sm"
                      icon={UserRoundPen}
                      refusal={refusal}
                      onClick={() => setAsked({ what: 'owner', database })}
                    >
                      Change owner<span className="sr-only"> of {database.name}</span>
                    </Button>
                  )}
                  <Button look="quiet" size="sm" icon={Trash2} refusal={refusal} onClick={() => setAsked({ what: 'drop', database })}>
                    Drop<span className="sr-only"> {database.name}</span>
                  </Button>
                </span>
              </Cell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      {found.length === 0 && <p className="px-4 py-6 text-center text-muted">No database has “{text}” in its name.</p>}
      <MoreRows rest={rest} onMore={showMore} />
      {asked?.what === 'owner' && <OwnerDialog instance={instance} database={asked.database} onDone={() => setAsked(null)} />}
      {asked?.what === 'drop' && (
        <ConfirmDialog
          open
          onOpenChange={() => setAsked(null)}
          title={`Drop ${asked.database.name}`}
          verb={`Drop ${asked.database.name}`}
          typed={asked.database.name}
          goes={['The database with all its tables and data. Only a backup brings them back.', 'The grants on it.']}
          stays={['Its users, and every other database.']}
          run={() => drop.mutateAsync(asked.database.name)}
        />
      )}
    </>
  );
}

function Owner({ of: { owner } }: { of: Database }) {
  return owner === '' ? (
    <span className="text-faint">all with full rights</span>
  ) : (
    <span className="num whitespace-pre max-sm:whitespace-pre-wrap">{owner}</span>
  );
}
