'use client';
import { Archive } from 'lucide-react';
import { useDeferredValue, useMemo } from 'react';
import { formatNumber } from '#client/format.ts';
import { useBackups } from '#client/queries/backups.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { MoreRows, useFewRows } from '#components/ui/few-rows.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { useTidyUrl } from '#components/ui/url-choice.ts';
import { readUrlQuery, useUrlQuery } from '#components/ui/use-url-query.ts';
import { WaitingPage } from '#components/ui/waiting-page.tsx';
import { type BackupFilter, describeUnknown, filterBackups, readFilter, writeFilter } from './backup-filter.ts';
import { BackupFilterBar } from './backup-filter-bar.tsx';
import { BackupTable } from './backup-table.tsx';
import { BackupTally } from './backup-tally.tsx';

/** Every stored copy the person may see, also of instances that are gone. What is looked for is in the URL. */
export function BackupsPage() {
  return (
    <Awake fallback={<WaitingPage title="Backups" rows={8} label="Reading backups" />}>
      <Asked />
    </Awake>
  );
}

function Asked() {
  const backups = useBackups();
  const [query, write] = useUrlQuery();
  const filter = readFilter(query);
  const tidy = writeFilter(filter);
  useTidyUrl(query, tidy, write);
  const written = useDeferredValue(tidy);
  const items = backups.data?.items ?? [];
  const found = useMemo(() => filterBackups(backups.data?.items ?? [], readFilter(written)), [backups.data, written]);
  const { shown, rest, showMore } = useFewRows(found);
  const change = (part: Partial<BackupFilter>) => write(writeFilter({ ...readFilter(readUrlQuery()), ...part }));
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead
        title="Backups"
        facts={
          backups.data && items.length > 0 ? (
            <span className="num">
              <BackupTally list={backups.data} />
              {written !== '' && ` · ${formatNumber(found.length)} found`}
            </span>
          ) : undefined
        }
      />
      {items.length > 0 && <BackupFilterBar backups={items} filter={filter} onChange={change} />}
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
                sentence={
                  describeUnknown(filter) ??
                  (backups.data?.complete ? 'None has all of this.' : 'None of those read so far has all of this.')
                }
                action={<Button onClick={() => write('')}>Show all backups</Button>}
              />
            ) : (
              <>
                <BackupTable backups={shown} all={items} />
                <MoreRows rest={rest} onMore={showMore} />
              </>
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}
