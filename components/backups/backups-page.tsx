'use client';
import { Archive } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import { useBackups } from '#client/queries/backups.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { MoreRows, useFewRows } from '#components/ui/few-rows.tsx';
import { Input, Select } from '#components/ui/field.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { WaitingPage } from '#components/ui/waiting-page.tsx';
import { BackupState } from '#contract/resources/backup.ts';
import { backupStates } from './backup-states.ts';
import { BackupTable } from './backup-table.tsx';
import { TotalSize } from './total-size.tsx';

/** Every stored copy the person may see, also of instances that are gone. Text and state are in the URL. */
export function BackupsPage() {
  return (
    <Awake fallback={<WaitingPage title="Backups" rows={8} label="Reading backups" />}>
      <Asked />
    </Awake>
  );
}

function Asked() {
  const backups = useBackups();
  const parameters = useSearchParams();
  const text = parameters.get('text') ?? '';
  const state = BackupState.safeParse(parameters.get('state')).data ?? null;
  const items = backups.data?.items ?? [];
  const found = useMemo(
    () =>
      (backups.data?.items ?? []).filter(
        (backup) =>
          (state === null || backup.state === state) && `${backup.name} ${backup.instanceName}`.toLowerCase().includes(text.toLowerCase()),
      ),
    [backups.data, state, text],
  );
  const { shown, rest, showMore } = useFewRows(found);
  const filter = (change: { text?: string; state?: string }) => {
    const next = new URLSearchParams(Object.entries({ text, state: state ?? '', ...change }).filter(([, value]) => value !== ''));
    window.history.replaceState(null, '', next.size === 0 ? '/backups' : `/backups?${next}`);
  };
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead
        title="Backups"
        facts={
          items.length > 0 ? (
            <span className="num">
              {items.length} · <TotalSize backups={items} />
            </span>
          ) : undefined
        }
      />
      {items.length > 0 && (
        <div className="flex flex-wrap gap-2">
          <Input
            type="search"
            aria-label="Only backups with this text in their name or instance"
            placeholder="Name or instance"
            className="w-64! max-sm:w-full!"
            value={text}
            onChange={(event) => filter({ text: event.target.value })}
          />
          <Select aria-label="State" className="w-44!" value={state ?? ''} onChange={(event) => filter({ state: event.target.value })}>
            <option value="">Any state</option>
            {BackupState.options.map((key) => (
              <option key={key} value={key}>
                {backupStates[key].label}
              </option>
            ))}
          </Select>
        </div>
      )}
      <Panel flush>
        <Loaded query={backups} skeleton={<SkeletonRows rows={8} label="Reading backups" />} what="The list of backups">
          {() =>
            items.length === 0 ? (
              <EmptyState
                icon={Archive}
                title="No backups yet"
                sentence="A backup is made from an instance’s page, while its database goes on."
                action={<LinkButton href="/instances">Choose an instance</LinkButton>}
              />
            ) : found.length === 0 ? (
              <EmptyState
                title="No backup matches"
                sentence="None has this text or is in this state."
                action={<Button onClick={() => filter({ text: '', state: '' })}>Show all backups</Button>}
              />
            ) : (
              <>
                <BackupTable backups={shown} />
                <MoreRows rest={rest} onMore={showMore} />
              </>
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}
