import { useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { cancelOperation, resumeOperation } from '#client/operations.ts';
import { hasEnded } from '#client/progress.ts';
import { useDenial } from '#client/queries/me.ts';
import { Button } from '#components/ui/button.tsx';
import { notifyProblem } from '#components/ui/notify.ts';
import type { Operation } from '#contract/resources/operation.ts';

/** Cancel where it is safe, resume where it is meaningful. */
export function OperationControls({ operation }: { operation: Operation }) {
  const browser = useBrowser();
  const [busy, setBusy] = useState(false);
  const denial = useDenial('operation.cancel', operation.projectId);
  const run = async (act: typeof cancelOperation) => {
    setBusy(true);
    await act(browser, operation.id).catch(notifyProblem);
    setBusy(false);
  };
  if (operation.state === 'failed' && operation.resumable) {
    return (
      <Button size="sm" busy={busy} refusal={denial} onClick={() => void run(resumeOperation)}>
        Resume from the failed step
      </Button>
    );
  }
  if (hasEnded(operation)) return null;
  const refusal =
    denial ??
    (operation.state === 'cancelling'
      ? 'It is being cancelled.'
      : operation.cancellable
        ? null
        : 'This step cannot be undone half-way; it ends by itself.');
  return (
    <Button size="sm" busy={busy} refusal={refusal} onClick={() => void run(cancelOperation)}>
      Cancel
    </Button>
  );
}
