import { X } from 'lucide-react';
import { useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { listOperationFacts } from '#client/operation-facts.ts';
import { useActor } from '#client/queries/me.ts';
import { useActiveOperations } from '#client/queries/operations.ts';
import { operationIcons } from '#components/operations/operation-icons.ts';
import { explainRefusal } from '#components/operations/use-refusal.ts';
import { Button } from '#components/ui/button.tsx';
import { getOperation, type OperationName } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { BulkDialog, type BulkWish } from './bulk-dialog.tsx';

const offered = ['start-instance', 'stop-instance', 'restart-instance'] as const satisfies readonly OperationName[];

/** In the head's place while rows are selected: what can be asked of all of them at once. */
export function BulkBar({
  instances,
  selected,
  onClear,
}: {
  instances: readonly Instance[];
  selected: ReadonlySet<string>;
  onClear(): void;
}) {
  const browser = useBrowser();
  const actor = useActor();
  const running = useActiveOperations().data?.items ?? [];
  const [wish, setWish] = useState<BulkWish | null>(null);
  if (actor === null) return null;
  const chosen = instances.filter((instance) => selected.has(instance.id));
  const seen = listOperationFacts(browser, { actor, chosen, instances, running });
  const nowMs = browser.clock.now();
  const toWish = (name: OperationName): BulkWish => {
    const looked = seen.map(({ instance, facts }) => ({ instance, facts, refusal: explainRefusal(name, facts, {}, nowMs) }));
    return { name, open: looked.filter((one) => one.refusal === null), closed: looked.filter((one) => one.refusal !== null) };
  };
  return (
    <div className="sticky top-12 z-15 flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 rounded-panel border border-line bg-selected px-3 py-1 max-md:py-2">
      <span aria-live="polite" className="max-md:-order-2 max-md:grow max-md:basis-4/5">
        <span className="num">{chosen.length}</span> selected
      </span>
      {offered.map((name) => {
        const made = toWish(name);
        const why = made.closed[0]?.refusal ?? 'Nothing is selected.';
        return (
          <Button
            key={name}
            size="sm"
            icon={operationIcons[name]}
            refusal={made.open.length === 0 ? why : null}
            onClick={() => setWish(made)}
          >
            {getOperation(name).verb}
          </Button>
        );
      })}
      <span className="grow max-md:hidden" />
      <Button size="sm" look="quiet" icon={X} label="Clear the selection" onClick={onClear} className="max-md:-order-1" />
      {wish !== null && <BulkDialog wish={wish} onDone={() => setWish(null)} onStarted={onClear} />}
    </div>
  );
}
