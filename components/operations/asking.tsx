import { useEffect, useRef, useState } from 'react';
import { getOperation } from '#contract/operations/index.ts';
import type { Intent } from './desk.tsx';
import { OperationDialog } from './operation-dialog.tsx';
import { inputKeys } from './operation-form.tsx';
import { useStart } from './use-start.ts';

/** One intent on its way: straight to the control plane, or through a dialog first. */
export function Asking({ intent, onDone }: { intent: Intent; onDone(): void }) {
  const definition = getOperation(intent.name);
  const open = inputKeys(definition, intent.input ?? {}).length > 0 || definition.confirm !== undefined;
  return open ? <OperationDialog intent={intent} onDone={onDone} /> : <StartAtOnce intent={intent} onDone={onDone} />;
}

function StartAtOnce({ intent, onDone }: { intent: Intent; onDone(): void }) {
  const { start } = useStart(intent);
  const [input] = useState(intent.input ?? {});
  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void start(input).then(onDone);
  }, [start, input, onDone]);
  return null;
}
