import { useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { newKey } from '#client/new-key.ts';
import { startOperation } from '#client/operations.ts';
import { toApiProblem } from '#client/problem.ts';
import { useDesk } from '#components/operations/desk.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { notify } from '#components/ui/notify.ts';
import { getOperation, type OperationName } from '#contract/operations/index.ts';
import type { OperationFacts } from '#contract/operations/operation.ts';
import type { Instance } from '#contract/resources/instance.ts';

type Looked = { instance: Instance; facts: OperationFacts; refusal: string | null };
export type BulkWish = { name: OperationName; open: readonly Looked[]; closed: readonly Looked[] };

/** Asks once for many: which instances it will be, and which not and why. Each becomes an operation of its own. */
export function BulkDialog({ wish, onDone, onStarted }: { wish: BulkWish; onDone(): void; onStarted(): void }) {
  const browser = useBrowser();
  const { show } = useDesk();
  const [busy, setBusy] = useState(false);
  const definition = getOperation(wish.name);
  const count = wish.open.length;
  const title = `${definition.verb} ${count} ${count === 1 ? 'instance' : 'instances'}`;
  const first = wish.open[0];
  const run = async () => {
    setBusy(true);
    const failures: string[] = [];
    for (const { instance } of wish.open) {
      try {
        const started = await startOperation(browser, { name: wish.name, input: {}, instanceId: instance.id }, newKey());
        show(started.operation.id);
      } catch (error) {
        failures.push(`${instance.name}: ${toApiProblem(error).message}`);
      }
    }
    const asked = count - failures.length;
    if (asked > 0) notify(`${definition.title} was asked of ${asked} ${asked === 1 ? 'instance' : 'instances'}.`);
    if (failures.length > 0) notify(`${failures.length} refused.`, { tone: 'broken', detail: failures.slice(0, 4).join(' ') });
    onDone();
    onStarted();
  };
  return (
    <FormDialog
      title={title}
      verb={title}
      danger={definition.danger !== 'none'}
      busy={busy}
      className="space-y-3"
      run={() => void run()}
      onDone={onDone}
    >
      {definition.confirm && first && (
        <ul className="space-y-1">
          {definition.confirm.goes(first.facts).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <p className="num max-h-32 overflow-y-auto break-words text-muted">{wish.open.map(({ instance }) => instance.name).join(', ')}</p>
      {wish.closed.length > 0 && (
        <div>
          <h3 className="text-12 text-attention">Left out</h3>
          <ul className="mt-1 max-h-40 space-y-1 overflow-y-auto">
            {wish.closed.map(({ instance, refusal }) => (
              <li key={instance.id}>
                <span className="num">{instance.name}</span> <span className="text-muted">{refusal}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </FormDialog>
  );
}
