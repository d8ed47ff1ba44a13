'use client';
import { History } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useEvents } from '#client/queries/events.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Switch } from '#components/ui/switch.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { EventList } from './event-list.tsx';

export function EventsTab({ instance }: { instance: Instance }) {
  const events = useEvents(instance.id);
  const [onlyProblems, setOnlyProblems] = useState(false);
  const shown = useMemo(() => {
    const items = events.data?.items ?? [];
    return onlyProblems ? items.filter((event) => event.tone === 'broken' || event.tone === 'attention') : items;
  }, [events.data, onlyProblems]);
  const { data } = events;
  return (
    <Panel
      title="Events"
      flush
      note={
        data === undefined
          ? undefined
          : data.items.length < data.total
            ? `the ${data.items.length} newest of ${data.total}`
            : `${data.items.length}`
      }
      actions={
        <Switch checked={onlyProblems} onChange={setOnlyProblems}>
          Only problems
        </Switch>
      }
    >
      <Loaded query={events} skeleton={<SkeletonRows rows={8} label="Reading events" />} what="The list of events">
        {() =>
          shown.length === 0 ? (
            <EmptyState
              icon={History}
              title={onlyProblems ? 'No problems' : 'No events yet'}
              sentence={
                onlyProblems ? 'Nothing here needed attention.' : 'What happens to this instance is written down here as it happens.'
              }
            />
          ) : (
            <EventList events={shown} />
          )
        }
      </Loaded>
    </Panel>
  );
}
