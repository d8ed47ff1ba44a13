import { PageHead } from './page-head.tsx';
import { Panel } from './panel.tsx';
import { SkeletonRows } from './skeleton.tsx';

/** A page of one list before it is known: its name, and grey rows under `label`. */
export function WaitingPage({ title, rows, label }: { title: string; rows: number; label: string }) {
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title={title} />
      <Panel flush>
        <SkeletonRows rows={rows} label={label} />
      </Panel>
    </div>
  );
}
