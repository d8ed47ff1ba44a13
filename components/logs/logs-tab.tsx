'use client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useLogs } from '#client/queries/logs.ts';
import { useDenial } from '#client/queries/me.ts';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { ErrorState, NoPermission } from '#components/ui/error-state.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { useTidyUrl } from '#components/ui/url-choice.ts';
import { readUrlQuery, useUrlQuery } from '#components/ui/use-url-query.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { LogFile } from '#contract/resources/log.ts';
import { ChosenLine } from './chosen-line.tsx';
import { isFiltered, type LogFilter, readLogFilter, writeLogFilter } from './log-filter.ts';
import { LogLines } from './log-lines.tsx';
import { LogSkeleton } from './log-skeleton.tsx';
import { LogToolbar } from './log-toolbar.tsx';
import { useAnchor } from './use-anchor.ts';
import { useLogViewer } from './use-log-viewer.ts';

export function LogsTab({ instance }: { instance: Instance }) {
  const denial = useDenial('log.read', instance.projectId);
  if (denial === null) return <Readable instance={instance} />;
  return (
    <Panel>
      <NoPermission sentence={denial} />
    </Panel>
  );
}

/** Asks for the files only where they may be read. */
function Readable({ instance }: { instance: Instance }) {
  const files = useLogs(instance.id);
  return (
    <Loaded query={files} skeleton={<LogSkeleton />} what="The log" framed>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title="No log yet" sentence="The database writes its log from its first start on." />
        ) : (
          <Viewer instance={instance} files={items} />
        )
      }
    </Loaded>
  );
}

const noFilter: Partial<LogFilter> = { text: '', levels: [], range: null, from: null, to: null };

function Viewer({ instance, files }: { instance: Instance; files: readonly LogFile[] }) {
  const [query, write] = useUrlQuery();
  const [anchor, setAnchor] = useAnchor();
  const [wrap, setWrap] = useState(true);
  const filter = useMemo(() => readLogFilter(new URLSearchParams(query)), [query]);
  const file = files.find((one) => one.name.toLowerCase() === filter.name?.toLowerCase()) ?? files[0];
  const { name, offBy } = file ?? { name: '', offBy: null };
  useTidyUrl(query, writeLogFilter({ ...filter, name: filter.name === null ? null : (file?.name ?? null) }), write);
  const [opened, setOpened] = useState(anchor);
  const viewer = useLogViewer(instance.id, name, filter, opened);
  const chosen = viewer.view.lines.find((line) => line.position === anchor) ?? null;

  const change = useCallback(
    (part: Partial<LogFilter>, hash = '') => {
      write(writeLogFilter({ ...readLogFilter(new URLSearchParams(readUrlQuery())), ...part }), hash);
      setOpened(hash === '' ? null : hash.slice(1));
    },
    [write],
  );
  // A link may name a line that is not held: only then does the viewer open around it.
  const held = chosen !== null;
  useEffect(() => {
    if (anchor !== null && !held && viewer.state === 'ready') setOpened(anchor);
  }, [anchor, held, viewer.state]);

  return (
    <div className="flex h-[calc(100dvh-230px)] min-h-100 flex-col rounded-panel border border-line bg-panel">
      <LogToolbar
        instanceId={instance.id}
        files={files}
        name={name}
        filter={filter}
        onFilter={change}
        following={viewer.view.following && viewer.state === 'ready'}
        onFollowing={(following) => (following && viewer.view.after !== null ? restart() : viewer.setFollowing(following))}
        wrap={wrap}
        onWrap={setWrap}
      />
      {anchor !== null && (
        <ChosenLine
          line={chosen}
          gone={viewer.state === 'ready' && !viewer.searching && opened === anchor}
          onAround={(at) => {
            const ms = Date.parse(at);
            change({ ...noFilter, from: new Date(ms - 60_000).toISOString(), to: new Date(ms + 60_000).toISOString() }, `#${anchor}`);
          }}
          onClear={() => setAnchor(null)}
        />
      )}
      {viewer.state === 'ready' && viewer.problem !== null && (
        <p role="alert" className="flex items-center gap-2 border-line border-b bg-broken-soft px-3 py-1.5 text-12 text-broken">
          <Mark tone="broken" /> {viewer.problem.message} New lines appear when it is back.
        </p>
      )}
      {offBy !== null && viewer.view.lines.length > 0 && (
        <p className="flex items-center gap-2 border-line border-b bg-attention-soft px-3 py-1.5 text-12">
          <Mark tone="attention" /> {sayOff(offBy)}
        </p>
      )}
      {body()}
    </div>
  );

  function restart() {
    setAnchor(null);
    setOpened(null);
    viewer.reload();
  }

  function body() {
    if (viewer.state === 'loading') return <LogSkeleton bare />;
    if (viewer.state === 'failed') return <ErrorState error={viewer.problem} onRetry={viewer.reload} what="The log" />;
    if (viewer.view.lines.length > 0)
      return <LogLines viewer={{ ...viewer, reload: restart }} wrap={wrap} text={filter.text} chosen={anchor} />;
    if (viewer.searching) return <EmptyState title="Searching older lines…" sentence="None of those looked through so far matches." />;
    if (viewer.view.before !== null)
      return (
        <EmptyState
          title="Not searched to its beginning"
          sentence="None of the lines looked through so far matches. Older ones were not looked at."
          action={<Button onClick={viewer.loadOlder}>Search on</Button>}
        />
      );
    if (!isFiltered(filter) && offBy !== null)
      return (
        <EmptyState
          title="This log is off"
          sentence={sayOff(offBy)}
          action={<LinkButton href={`/instances/${instance.id}/configuration`}>Configuration</LinkButton>}
        />
      );
    if (!isFiltered(filter)) return <EmptyState title="The log is empty" sentence="Lines appear here as the database writes them." />;
    return (
      <EmptyState
        title="No line matches"
        sentence={
          viewer.view.following
            ? 'New lines that match appear here as they are written.'
            : 'Nothing in this part of the log fits the filter.'
        }
        action={<Button onClick={() => change(noFilter)}>Show all lines</Button>}
      />
    );
  }
}

function sayOff(parameter: string): string {
  return `Nothing is written here while ${parameter} switches it off. Change it in a configuration group, and apply that on the Configuration tab.`;
}
