'use client';

import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTokenChanges, useTokens } from '#client/queries/tokens.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { notify } from '#components/ui/notify.ts';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Nothing } from '#components/ui/quantity.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { ApiToken } from '#contract/resources/project.ts';
import { NewTokenDialog } from './new-token-dialog.tsx';

/** The person's own keys for scripts. */
export function TokensPage() {
  return (
    <Awake fallback={<PageHead title="API tokens" />}>
      <Tokens />
    </Awake>
  );
}

function Tokens() {
  const query = useTokens();
  const { remove } = useTokenChanges();
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<ApiToken | null>(null);
  const create = (
    <Button look="primary" icon={Plus} onClick={() => setMaking(true)}>
      New token
    </Button>
  );
  return (
    <div className="max-w-240 space-y-4">
      <PageHead title="API tokens" actions={create} />
      <p className="text-muted">
        A token acts as you, in every project of yours. Send it as <code className="num">Authorization: Bearer …</code>; the{' '}
        <a href="/api/reference" className="text-accent underline">
          API reference
        </a>{' '}
        lists what it can ask.
      </p>
      <Panel flush>
        <Loaded query={query} skeleton={<SkeletonRows rows={2} label="Tokens are being loaded" />} what="The list of tokens">
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                icon={KeyRound}
                title="No token yet"
                sentence="Scripts and pipelines sign in with a token instead of your password."
                action={create}
              />
            ) : (
              <Table caption="API tokens">
                <thead>
                  <tr>
                    <HeadCell>Name</HeadCell>
                    <HeadCell className="max-sm:hidden">Begins with</HeadCell>
                    <HeadCell>Last used</HeadCell>
                    <HeadCell>Expires</HeadCell>
                    <HeadCell numeric>
                      <span className="sr-only">Actions</span>
                    </HeadCell>
                  </tr>
                </thead>
                <tbody>
                  {items.map((token) => (
                    <TableRow key={token.id}>
                      <Cell className="font-medium [overflow-wrap:anywhere]">{token.name}</Cell>
                      <Cell className="num text-muted max-sm:hidden">{token.start}…</Cell>
                      <Cell className="whitespace-nowrap text-muted">
                        {token.lastUsedAt === null ? 'never' : <RelativeTime at={token.lastUsedAt} />}
                      </Cell>
                      <Cell className="whitespace-nowrap text-muted">
                        {token.expiresAt === null ? <Nothing /> : <RelativeTime at={token.expiresAt} ahead />}
                      </Cell>
                      <Cell numeric>
                        <Button size="sm" look="quiet" icon={Trash2} label={`Revoke ${token.name}`} onClick={() => setEnding(token)} />
                      </Cell>
                    </TableRow>
                  ))}
                </tbody>
              </Table>
            )
          }
        </Loaded>
      </Panel>
      {ending !== null && (
        <ConfirmDialog
          open
          onOpenChange={() => setEnding(null)}
          title={`Revoke ${ending.name}`}
          verb={`Revoke ${ending.name}`}
          goes={['The token: whatever uses it is refused within seconds.']}
          stays={['Everything that was made with it.']}
          run={async () => {
            await remove.mutateAsync(ending.id);
            notify(`Token ${ending.name} is revoked; it no longer works.`);
          }}
        />
      )}
      {making && <NewTokenDialog onDone={() => setMaking(false)} />}
    </div>
  );
}
