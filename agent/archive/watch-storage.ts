import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveFacts } from '#contract/guest/facts.ts';
import { SpanLabel } from '#contract/guest/span-label.ts';
import { hasObject } from '#drivers/storage/find-object.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { describeTrouble } from './trouble.ts';

type Watched = { isLocal: boolean; signal: AbortSignal };

/** A database that nobody writes to stores nothing, and would never notice that nothing can be restored: its storage is asked now and then. */
export function createStorageWatch(tell: (trouble: ArchiveFacts['error']) => void, everyMs = 60_000) {
  let isAway = false;

  /** `folder`: of the span that grows. */
  return async (storage: Storage, folder: string, { isLocal, signal }: Watched): Promise<void> => {
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const error = await hasObject(storage, `${folder}/${SpanLabel.fileName}`).then(
        () => null,
        (failure: unknown) => failure,
      );
      // A server that does not answer is waited for by nobody.
      if (signal.aborted) return;
      if (error !== null) tell(describeTrouble(error, { isStoring: true, isLocal }));
      // What else is wrong says whoever stores.
      else if (isAway) tell(null);
      isAway = error !== null;
    }
  };
}
