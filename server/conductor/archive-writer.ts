import { toFault } from '#contract/errors.ts';
import type { Log } from '../log.ts';
import type { ArchiveReport } from '../store/archives.ts';
import type { Store } from '../store/store.ts';

const tickMs = 500;

/** Gathers what guests say of their archives and writes the newest of each, all at once. What cannot be written is said again. */
export function createArchiveWriter({ store, log }: { store: Pick<Store, 'archives'>; log: Log }) {
  let waiting = new Map<string, ArchiveReport>();
  let writing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    if (waiting.size > 0) writing = writing.then(write);
  }, tickMs);

  const tell = (instance: string, error: unknown) =>
    log.warn({ instance, fault: toFault(error) }, 'What a guest said of its archive was not written down.');

  async function write(): Promise<void> {
    const taken = [...waiting].map(([instanceId, report]) => ({ instanceId, report }));
    waiting = new Map();
    if (taken.length === 0) return;
    // One that cannot be put down must not keep the others from it.
    await store.archives.record(taken).catch(async () => {
      for (const one of taken) await store.archives.record([one]).catch((error: unknown) => tell(one.instanceId, error));
    });
  }

  return {
    add: (instanceId: string, report: ArchiveReport) => void waiting.set(instanceId, report),
    async close() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}
