import { createHash } from 'node:crypto';
import * as z from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import type { Storage, StoredObject } from '#drivers/storage/storage.ts';
import { nameControlPlane, readSmall } from './envelope.ts';

/** What a save says of itself, in clear: written last, so that a save without it is none. */
export const SaveManifest = z.object({
  format: z.literal('guestboard-save-1'),
  madeAtMs: z.number(),
  sizeBytes: z.number(),
  sha256: z.string(),
  rows: z.number(),
  /** Fingerprint of the key file that the secrets in the rows are sealed with; null in saves from before it was kept. */
  keyFile: z.string().nullable().default(null),
});
export type SaveManifest = z.infer<typeof SaveManifest>;

/** What reads the backups of one project, whatever became of the control plane. */
export const ProjectKey = z.object({ projectId: z.string(), name: z.string(), title: z.string(), keyId: z.uuid(), password: z.string() });
export type ProjectKey = z.infer<typeof ProjectKey>;

/** Names a key file without telling it. */
export function nameKeyFile(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Where everything of one control plane lies in a storage. */
export function nameObjects(recipient: string) {
  const root = `control-plane/${nameControlPlane(recipient)}`;
  return {
    root,
    saves: `${root}/saves/`,
    keys: `${root}/keys/`,
    save: (madeAtMs: number) => `${root}/saves/${new Date(madeAtMs).toISOString().replaceAll(/[:.]/g, '-')}/`,
    keyFile: (fingerprint: string) => `${root}/keys/key-file-${fingerprint}.age`,
    projectKey: (keyId: string) => `${root}/keys/project-${keyId}.age`,
  };
}

export type FoundSave = { folder: string; isComplete: boolean };

/** Saves by their folders, newest first: their names sort by time. */
export function listSaves(objects: readonly StoredObject[], saves: string): FoundSave[] {
  const names = new Set(objects.map(({ key }) => key.slice(saves.length).split('/')[0] ?? ''));
  return [...names]
    .sort()
    .reverse()
    .map((name) => `${saves}${name}/`)
    .map((folder) => ({ folder, isComplete: objects.some(({ key }) => key === `${folder}manifest.json`) }));
}

export async function readSaveManifest(storage: Storage, folder: string): Promise<SaveManifest> {
  const text = await readSmall(await storage.get(`${folder}manifest.json`));
  try {
    return SaveManifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new GuestboardError('backup-damaged', 'A save of the control plane is damaged.', { detail: folder, cause });
  }
}
