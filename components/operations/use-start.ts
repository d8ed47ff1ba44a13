import { useCallback, useRef, useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { newKey } from '#client/new-key.ts';
import { startOperation } from '#client/operations.ts';
import { type ApiProblem, toApiProblem } from '#client/problem.ts';
import { notify, notifyProblem } from '#components/ui/notify.ts';
import { type Intent, useDesk } from './desk.tsx';

/** Starts what an intent asks for, once per input however often it is pressed; says its sentence and opens the drawer. */
export function useStart({ name, instance, projectId }: Intent) {
  const browser = useBrowser();
  const { show } = useDesk();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const keys = useRef(new Map<string, string>());
  const instanceId = instance?.id;
  const start = useCallback(
    async (input: Record<string, unknown>): Promise<{ instanceId: string | null } | null> => {
      const written = JSON.stringify(input);
      const key = keys.current.get(written) ?? newKey();
      keys.current.set(written, key);
      setBusy(true);
      setProblem(null);
      try {
        const asked = { name, input, projectId, ...(instanceId === undefined ? {} : { instanceId }) };
        const started = await startOperation(browser, asked, key);
        show(started.operation.id);
        notify(started.sentence);
        return { instanceId: started.instanceId };
      } catch (error) {
        const said = toApiProblem(error);
        // An answered refusal may be asked again; an unanswered one must keep its key, since it may have started.
        if (said.status !== 0) keys.current.delete(written);
        setProblem(said);
        notifyProblem(said);
        return null;
      } finally {
        setBusy(false);
      }
    },
    [browser, show, name, projectId, instanceId],
  );
  return { start, busy, problem };
}
