'use client';
import { Ban, CornerDownRight, Ellipsis, Unplug } from 'lucide-react';
import { useState } from 'react';
import { useConnectionChanges } from '#client/queries/connections.ts';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { MoreRows, useFewRows } from '#components/ui/few-rows.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { MenuItem } from '#components/ui/menu-items.tsx';
import { Duration, Nothing } from '#components/ui/quantity.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { Connection } from '#contract/resources/connection.ts';
import { connectionStates } from './connection-states.ts';
import type { Placed } from './order-by-waiting.ts';

type Props = { instanceId: string; placed: readonly Placed[]; refusal: string | null };

export function ConnectionTable({ instanceId, placed, refusal }: Props) {
  const [asked, setAsked] = useState<{ what: 'cancel' | 'end'; connection: Connection } | null>(null);
  const { cancel, end } = useConnectionChanges(instanceId);
  const { shown, rest, showMore } = useFewRows(placed);
  const close = () => setAsked(null);
  return (
    <>
      <Table caption="Connections, those that hold up others first">
        <thead>
          <tr>
            <HeadCell>State</HeadCell>
            <HeadCell numeric>For</HeadCell>
            <HeadCell className="max-sm:hidden">User</HeadCell>
            <HeadCell className="max-sm:hidden">Statement</HeadCell>
            <HeadCell className="max-lg:hidden">From</HeadCell>
            <HeadCell>
              <span className="sr-only">Actions</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ connection, depth, holdsUp }) => (
            <TableRow key={connection.id}>
              <Cell className="whitespace-nowrap max-sm:max-w-0 max-sm:w-full">
                <span className="flex items-center gap-2" style={{ paddingLeft: Math.min(depth, 6) * 16 }}>
                  {depth > 0 && <CornerDownRight size={14} aria-label="waits for the one above" className="shrink-0 text-faint" />}
                  <StatusMark {...connectionStates[connection.state]} />
                  {holdsUp > 0 && <Chip tone="broken">holds up {holdsUp}</Chip>}
                </span>
                <span className="num block truncate pb-1 text-12 text-muted sm:hidden">
                  {nameUser(connection)} {connection.statement}
                </span>
              </Cell>
              <Cell numeric>
                <Duration ms={connection.state === 'idle-in-transaction' ? connection.inTransactionMs : connection.inStateMs} />
              </Cell>
              <Cell className="whitespace-nowrap max-sm:hidden">
                <span className="num whitespace-pre">{connection.user ?? <Nothing />}</span>
                {connection.database !== null && <span className="num ml-2 whitespace-pre text-faint">{connection.database}</span>}
              </Cell>
              <Cell className="max-w-0 min-w-56 w-full max-sm:hidden">
                <Statement connection={connection} />
              </Cell>
              <Cell className="num whitespace-nowrap text-muted max-lg:hidden">
                {connection.program} {connection.address ?? <Nothing />}
              </Cell>
              <Cell className="text-right">
                <Menu
                  trigger={
                    <Button look="quiet" size="sm" icon={Ellipsis} aria-label={`Actions for a connection of ${nameUser(connection)}`} />
                  }
                >
                  <MenuItem
                    icon={Ban}
                    refusal={refusal ?? (isBusy(connection) ? null : 'It runs no statement now.')}
                    onSelect={() => setAsked({ what: 'cancel', connection })}
                  >
                    Cancel statement
                  </MenuItem>
                  <MenuItem icon={Unplug} danger refusal={refusal} onSelect={() => setAsked({ what: 'end', connection })}>
                    End connection
                  </MenuItem>
                </Menu>
              </Cell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      <MoreRows rest={rest} onMore={showMore} />
      {asked?.what === 'cancel' && (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={`Cancel the statement of ${nameUser(asked.connection)}`}
          verb="Cancel statement"
          dismiss="Let it run"
          goes={['What the statement has done so far. Its program gets an error, which usually undoes the whole open transaction.']}
          stays={['The connection, and everything it committed before.']}
          run={() => cancel.mutateAsync(asked.connection.id)}
        >
          <Words of={asked.connection} />
        </ConfirmDialog>
      )}
      {asked?.what === 'end' && (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={`End the connection of ${nameUser(asked.connection)}`}
          verb="End connection"
          goes={['The connection and its open transaction, which is rolled back.']}
          stays={['Everything it committed. Its program may connect again at once.']}
          run={() => end.mutateAsync(asked.connection.id)}
        >
          <Words of={asked.connection} />
        </ConfirmDialog>
      )}
    </>
  );
}

function nameUser({ user }: Connection): string {
  return user ?? 'an unknown user';
}

function isBusy({ state }: Connection): boolean {
  return state === 'active' || state === 'waiting';
}

/** One line; the whole of it opens in place. What an idle connection ran last is only a memory. */
function Statement({ connection }: { connection: Connection }) {
  const { statement } = connection;
  if (statement === null) return <Nothing />;
  const isShort = statement.length <= 60 && !statement.includes('\n');
  const look = `num text-12 ${isBusy(connection) ? '' : 'text-faint'}`;
  if (isShort) return <span className={`${look} block truncate`}>{statement}</span>;
  return (
    <details className="group">
      <summary className={`${look} cursor-pointer list-none truncate group-open:text-faint`}>{statement.replace(/\s+/g, ' ')}</summary>
      <pre className="num mt-1 mb-2 whitespace-pre-wrap break-words text-12">{statement}</pre>
    </details>
  );
}

function Words({ of: { statement } }: { of: Connection }) {
  if (statement === null) return null;
  return (
    <pre className="num max-h-40 overflow-auto whitespace-pre-wrap break-words rounded border border-line bg-page p-3 text-12">
      {statement}
    </pre>
  );
}
