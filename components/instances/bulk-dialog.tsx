import { useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { newKey } from '#client/new-key.ts';
import { startOperation } from '#client/operations.ts';
import { toApiProblem } from '#client/problem.ts';
import { useDesk } from '#components/operations/desk.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { notify } from '#components/ui/notify.ts';
import { writeCount } from '#contract/count-text.ts';
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
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const [keys] = useState(() => new Map(wish.open.map(({ instance }) => [instance.id, newKey()])));
  const definition = getOperation(wish.name);
  const left = wish.open.filter(({ instance }) => !asked.has(instance.id));
  const title = `${definition.verb} ${writeCount(left.length, 'instance')}`;
  const first = wish.open[0];
  const run = async () => {
    setBusy(true);
    setRefused([]);
    const done = new Set(asked);
    const refusals: Refused[] = [];
    const waiting = left.map(({ instance }) => instance);
    const askNext = async (): Promise<void> => {
      const instance = waiting.shift();
      if (instance === undefined) return;
      try {
        const key = keys.get(instance.id) ?? newKey();
        const started = await startOperation(browser, { name: wish.name, input: {}, instanceId: instance.id }, key);
        show(started.operation.id);
        done.add(instance.id);
      } catch (error) {
        const problem = toApiProblem(error);
        // An answered refusal may be asked again; an unanswered one must keep its key, since it may have started.
        if (problem.status !== 0) keys.set(instance.id, newKey());
        refusals.push({ id: instance.id, name: instance.name, reason: problem.message });
      }
      await askNext();
    };
    await Promise.all(Array.from({ length: atOnce }, askNext));
    const begun = done.size - asked.size;
    if (begun > 0) notify(`${definition.title} was asked of ${writeCount(begun, 'instance')}.`);
    setBusy(false);
    setAsked(done);
    setRefused(refusals);
    if (refusals.length > 0) return;
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
      dismiss={refused.length > 0 ? 'Close' : undefined}
      onDone={onDone}
    >
      {definition.confirm && first && (
        <ul className="space-y-1">
          {definition.confirm.goes(first.facts).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <p className="num max-h-32 overflow-y-auto break-words text-muted">{left.map(({ instance }) => instance.name).join(', ')}</p>
      <Reasons title="Left out" tone="text-attention" reasons={wish.closed.map(toReason)} />
      <div role="alert">
        <Reasons title="Refused" tone="text-broken" reasons={refused} />
      </div>
    </FormDialog>
  );
}

type Refused = { id: string; name: string; reason: string };

/** So many are asked for at a time: a thousand one after the other would take minutes. */
const atOnce = 6;

function Reasons({ title, tone, reasons }: { title: string; tone: string; reasons: readonly Refused[] }) {
  if (reasons.length === 0) return null;
  return (
    <>
      <h3 className={`text-12 ${tone}`}>{title}</h3>
      <ul className="mt-1 max-h-40 space-y-1 overflow-y-auto">
        {reasons.map(({ id, name, reason }) => (
          <li key={id}>
            <span className="num">{name}</span> <span className="text-muted">{reason}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function toReason({ instance, refusal }: Looked): Refused {
  return { id: instance.id, name: instance.name, reason: refusal ?? '' };
}
