import type { Backups } from './backups.ts';
import type { Database, Tx } from './database.ts';
import type { Events } from './events.ts';
import type { StoragePlace } from './storage-sweeps.ts';

type Place = Pick<StoragePlace, 'projectId' | 'storageTargetId' | 'name'>;
export type Missing = { id: string; projectId: string; storageTargetId: string | null };
/** `unsure`: the storage would not say. */
type Look = { lying: ReadonlySet<string>; unsure: ReadonlySet<string>; lookedAtMs: number };
type Known = { id: string; projectId: string; instanceId: string | null; name: string };

const mostNames = 5;
/** In one transaction. */
const mostAtOnce = 500;
const missing = { state: 'CORRUPT', missingSince: { not: null } };

/** Backups that the catalogue knows and that were not found where they should lie, by whoever could read all of that place. */
export function openMissingBackups({ prisma, transact }: Database, backups: Backups, events: Events) {
  const select = { id: true, projectId: true, storageTargetId: true, instanceId: true, name: true } as const;

  async function tell(tx: Tx, changed: readonly Known[], code: string, tone: 'broken' | 'good', say: (names: string) => string) {
    for (const instanceId of new Set(changed.map((backup) => backup.instanceId))) {
      const own = changed.filter((backup) => backup.instanceId === instanceId);
      const names = own.slice(0, mostNames).map(({ name }) => name);
      const more = own.length > mostNames ? ` and ${own.length - mostNames} more` : '';
      const [first] = own;
      if (instanceId === null || first === undefined) continue;
      const event = { projectId: first.projectId, instanceId, code, tone, sentence: say(`${names.join(', ')}${more}`), detail: null };
      await events.record(tx, { ...event, at: new Date() });
    }
  }

  async function takeUp(tx: Tx, place: Place, lying: ReadonlySet<string>): Promise<number> {
    const { projectId, storageTargetId } = place;
    const where = { projectId, storageTargetId, ...missing, id: { in: [...lying] } };
    const found = await tx.backup.findMany({ where, select });
    for (const { id } of found) await backups.change(tx, id, { state: 'COMPLETED', missingSince: null, failure: null });
    await tell(tx, found, 'backups-found', 'good', (names) => `Backups that were missing lie in ${namePlace(place)} again: ${names}.`);
    return found.length;
  }

  return {
    list: (): Promise<Missing[]> => prisma.backup.findMany({ where: missing, select }),
    /** Answers how many are there again. */
    takeUp: (place: Place, lying: ReadonlySet<string>): Promise<number> => transact((tx) => takeUp(tx, place, lying)),
    /**
     * Marks what should lie there and does not, unless it was completed after the look, and takes up what does again. Answers how many are
     * missing there now.
     */
    note: async (place: Place, { lying, unsure, lookedAtMs }: Look): Promise<number> => {
      const [{ projectId, storageTargetId }, name] = [place, namePlace(place)];
      await transact((tx) => takeUp(tx, place, lying));
      const where = { projectId, storageTargetId, state: 'COMPLETED', endedAt: { lt: new Date(lookedAtMs) } };
      const gone = (await prisma.backup.findMany({ where, select })).filter(({ id }) => !lying.has(id) && !unsure.has(id));
      const failure = `It was not found whole and unchanged in ${name} when the control plane was recovered.`;
      const next = 'They cannot be restored until they are brought back there; then they are taken up again by themselves.';
      for (let at = 0; at < gone.length; at += mostAtOnce)
        await transact(async (tx) => {
          const some = gone.slice(at, at + mostAtOnce);
          for (const { id } of some) await backups.change(tx, id, { state: 'CORRUPT', missingSince: new Date(lookedAtMs), failure });
          await tell(tx, some, 'backups-missing', 'broken', (names) => `Backups do not lie in ${name}: ${names}. ${next}`);
        });
      return prisma.backup.count({ where: { projectId, storageTargetId, ...missing } });
    },
  };
}

function namePlace({ storageTargetId, name }: Place): string {
  return storageTargetId === null ? 'the local directory' : name;
}
