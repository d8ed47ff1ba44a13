import { useState } from 'react';
import { useOperationFacts } from '#client/operation-facts.ts';
import { localiseMoments } from '#components/backups/timeline/moment-text.ts';
import { Field } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { getOperation } from '#contract/operations/index.ts';
import { describeIssue } from '#contract/plain-issues.ts';
import type { Intent } from './desk.tsx';
import { initialInput, inputKeys, isLast, OperationForm } from './operation-form.tsx';
import { OperationPlan } from './operation-plan.tsx';
import { explainRefusal } from './use-refusal.ts';
import { useStart } from './use-start.ts';
import { useTakenName } from './use-taken-name.ts';

/** Asks what the definition wants asked: what goes, what stays, its inputs, the typed name. The verb is the button. */
export function OperationDialog({ intent, onDone }: { intent: Intent; onDone(): void }) {
  const { instance, projectId } = intent;
  const definition = getOperation(intent.name);
  const keys = inputKeys(definition, intent.input ?? {});
  const [given] = useState<Record<string, unknown>>(() => ({ ...initialInput(intent.name, keys, instance), ...intent.input }));
  const [value, setValue] = useState(given);
  const [typed, setTyped] = useState('');
  const { facts, nowMs } = useOperationFacts(instance, projectId, { everything: true });
  const { start, busy, problem } = useStart(intent);
  const { confirm } = definition;
  const word = facts !== null && confirm?.typedName ? confirm.typedName(facts, value) : confirm?.typed ? (instance?.name ?? '') : null;
  const input: Record<string, unknown> = word === null ? value : { ...value, confirmName: typed };
  const parsed = definition.input.safeParse(input, { error: describeIssue });
  const faults: Record<string, string> = parsed.success
    ? {}
    : Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0] ?? ''), issue.message]));
  const takenName = useTakenName(intent, value.name);
  if (takenName !== null && !busy) faults.name ??= takenName;
  const [fault] = Object.values(faults);
  // What nobody has filled in yet is not wrong: the button says what is missing.
  const said = Object.fromEntries(Object.entries(faults).filter(([key]) => value[key] !== '' || given[key] !== ''));
  const untouched = word !== null && typed === '';
  const refusal =
    facts === null
      ? 'Your rights are being looked up.'
      : explainRefusal(intent.name, facts, parsed.success && !untouched ? input : null, nowMs);
  const closed = untouched ? 'Type the name first.' : (refusal ?? fault ?? (parsed.success ? null : 'Complete the form first.'));
  const run = () => void start(input).then((started) => started !== null && onDone());
  const title = [definition.verb, ...(instance === null ? [] : [definition.link, instance.name])].filter(Boolean).join(' ');
  const form = { definition, instance, value, onChange: setValue, faults: said };
  return (
    <FormDialog
      title={title}
      verb={title}
      danger={definition.danger !== 'none'}
      refusal={closed}
      busy={busy}
      className="space-y-4"
      run={run}
      onDone={onDone}
    >
      <OperationForm {...form} keys={keys.filter((key) => !isLast(definition, key))} />
      {definition.confirm && facts && (
        <Consequences goes={definition.confirm.goes(facts, value)} stays={definition.confirm.stays(facts, value)} />
      )}
      {word !== null && (
        <Field
          label={
            <>
              Type <span className="num select-all">{word}</span> to confirm
            </>
          }
        >
          {(control) => (
            <Input {...control} mono autoFocus={keys.length === 0} value={typed} onChange={(event) => setTyped(event.target.value)} />
          )}
        </Field>
      )}
      <OperationForm {...form} keys={keys.filter((key) => isLast(definition, key))} follows />
      {refusal !== null && !untouched && (
        <p className="flex gap-2 text-attention">
          <Mark tone="attention" className="mt-1" />
          {refusal}
        </p>
      )}
      {problem !== null && (
        <p role="alert" className="flex gap-2 text-broken">
          <Mark tone="broken" className="mt-1" />
          {problem.message}
        </p>
      )}
      {facts && parsed.success && (
        <OperationPlan intent={intent} steps={definition.plan(facts, parsed.data)} input={input} asks={refusal === null && !untouched} />
      )}
    </FormDialog>
  );
}

function Consequences({ goes, stays }: { goes: readonly string[]; stays: readonly string[] }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <List title="Goes" items={goes} tone="text-broken" />
      <List title="Stays" items={stays} tone="text-healthy" />
    </div>
  );
}

function List({ title, items, tone }: { title: string; items: readonly string[]; tone: string }) {
  if (items.length === 0) return null;
  return (
    <div>
      <h3 className={`text-12 ${tone}`}>{title}</h3>
      <ul className="mt-1 space-y-2 text-13">
        {items.map((item) => (
          <li key={item}>{localiseMoments(item)}</li>
        ))}
      </ul>
    </div>
  );
}
