import { clsx } from 'clsx';
import { EngineMark } from '#components/ui/engine-mark.tsx';
import { Go } from '#components/ui/go.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { writeCount } from '#contract/count-text.ts';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';

export function GroupList({ groups, chosenId }: { groups: readonly ConfigurationGroup[]; chosenId: string | null }) {
  return (
    <Panel title="Groups" note={groups.length} flush>
      <ul className="divide-y divide-line">
        {groups.map((group) => {
          const count = Object.keys(group.values).length;
          return (
            <li key={group.id}>
              <Go
                href={`/configuration?group=${group.id}`}
                scroll={false}
                aria-current={group.id === chosenId ? 'true' : undefined}
                className={clsx(
                  'block px-4 py-2 focus-visible:-outline-offset-2',
                  group.id === chosenId ? 'bg-selected' : 'hover:bg-hover/60',
                )}
              >
                <span className="flex items-baseline justify-between gap-3">
                  <span className="truncate font-medium">{group.name}</span>
                  <RelativeTime at={group.updatedAt} className="num shrink-0 text-12 text-faint" />
                </span>
                <span className="mt-0.5 flex items-center gap-3 text-12 text-muted">
                  <EngineMark datastore={group.datastore} />
                  <span>{writeCount(count, 'parameter')}</span>
                  <span>{describeUse(group.instanceIds.length)}</span>
                </span>
              </Go>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function describeUse(count: number): string {
  return count === 0 ? 'not used' : writeCount(count, 'instance');
}
