'use client';
import { useState } from 'react';
import { useRoot, useUserChanges } from '#client/queries/accounts.ts';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { ExactTime } from '#components/ui/relative-time.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { ShownPassword } from './shown-password.tsx';
import { useAccountsRefusal } from './use-accounts-refusal.ts';

const words = { enabled: 'enabled by', renewed: 'new password by', disabled: 'disabled by' } as const;

/** Root: whether it is enabled, who enabled it when, and the buttons. Its password is shown once. */
export function RootPanel({ instance }: { instance: Instance }) {
  const root = useRoot(instance.id);
  const { enableRoot, disableRoot } = useUserChanges(instance.id);
  const refusal = useAccountsRefusal(instance, 'root.manage');
  const [asked, setAsked] = useState<'enable' | 'disable' | null>(null);
  const [made, setMade] = useState<{ user: string; password: string } | null>(null);
  const enabled = root.data?.enabled === true;
  return (
    <Panel
      title="Root"
      actions={
        root.data !== undefined && (
          <>
            {enabled && (
              <Button size="sm" refusal={refusal} onClick={() => setAsked('disable')}>
                Disable root
              </Button>
            )}
            <Button size="sm" refusal={refusal} onClick={() => setAsked('enable')}>
              {enabled ? 'New root password' : 'Enable root'}
            </Button>
          </>
        )
      }
    >
      <Loaded query={root} skeleton={<Skeleton className="h-5 w-80" />} what="Root">
        {({ everEnabled, entries }) => (
          <div className="grid gap-3">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
              <StatusMark
                tone={enabled ? 'attention' : 'stopped'}
                label={enabled ? 'Enabled' : everEnabled ? 'Disabled; it was enabled before' : 'Never enabled'}
              />
              <span className="text-muted">An administrator for every database here, without the rights that would reach the host.</span>
            </div>
            {entries.length > 0 && (
              <ol className="grid gap-1 text-12 text-muted">
                {entries.slice(0, 10).map((entry) => (
                  <li key={entry.at} className="flex gap-3">
                    <ExactTime at={entry.at} />
                    <span>
                      {words[entry.action]} {entry.by}
                    </span>
                  </li>
                ))}
              </ol>
            )}
          </div>
        )}
      </Loaded>
      <ConfirmDialog
        open={asked === 'enable'}
        onOpenChange={() => setAsked(null)}
        danger={false}
        title={enabled ? 'Make a new root password' : 'Enable root'}
        verb={enabled ? 'Make a new password' : 'Enable root'}
        goes={enabled ? ['The old password of root.'] : ['The certainty that only the listed users changed data.']}
        stays={['All users, databases and data.', 'A record of who enabled root, and when.']}
        run={async () => setMade(await enableRoot.mutateAsync())}
      />
      <ConfirmDialog
        open={asked === 'disable'}
        onOpenChange={() => setAsked(null)}
        title="Disable root"
        verb="Disable root"
        goes={['Root can no longer sign in.']}
        stays={['What root created, and the record that it was enabled.']}
        run={() => disableRoot.mutateAsync()}
      />
      {made !== null && (
        <ShownPassword
          title="Password of root"
          description="This password is shown once. It is not stored where it could be read again."
          {...made}
          verb="I have kept it"
          onDone={() => setMade(null)}
        />
      )}
    </Panel>
  );
}
