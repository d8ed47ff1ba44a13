import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { OperationName } from '#contract/operations/index.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { until } from './ask-instance.testsuite.ts';
import type { Headless } from './headless.testsuite.ts';

type World = {
  server: Headless;
  folder: string;
  projectId: string;
  instanceId: string;
  backupId: string;
  sql(...statements: string[]): Promise<void>;
  ask(name: OperationName, input: object): Promise<Operation>;
  backUp(name: string): Promise<string>;
  nothingStays(): void;
};

/** Not only what was backed up can be restored, but what was archived since. */
export function testProofOfMoment(getWorld: () => World): void {
  test('a moment is proved with what was archived up to it; where that is lost, the proof fails and the backup stays good', async () => {
    const { server, folder, projectId, instanceId, backupId, sql, ask, backUp, nothingStays } = getWorld();
    const archivedTo = async () => (await server.store.archives.findWindow(projectId, instanceId))?.windows.at(-1)?.toMs ?? 0;
    const archive = async (...statements: string[]) => {
      await sql(...statements);
      const nowMs = Date.now();
      await until(async () => (await archivedTo()) > nowMs);
      return nowMs + 1;
    };
    const listPieces = () => {
      const spans = path.join(folder, 'backups', projectId, 'archive', instanceId);
      return (readdirSync(spans, { recursive: true }) as string[])
        .filter((name) => /-\d+$/.test(name))
        .map((name) => path.join(spans, name));
    };
    const newestProof = async () => (await server.store.backupProofs.listOfBackup(backupId))[0];
    const atMs = await archive('INSERT INTO goods VALUES (6000), (6001)');
    const before = listPieces();
    expect((await ask('prove-backup', { backupId, atMs })).fault).toBeNull();
    const momentAt = new Date(atMs).toISOString();
    expect(await newestProof()).toMatchObject({ state: 'proved', momentAt, findings: { rows: 1002, compared: 0 } });
    expect((await server.store.instances.findForControlPlane(instanceId))?.lastProof).toMatchObject({ state: 'proved', momentAt });

    // While another backup is made, what is there is counted. Its end may not be archived yet.
    const counting = await backUp('counting');
    const manifest = (await server.store.backups.findManifest(counting)) as { endedAtMs: number };
    expect((await ask('prove-backup', { backupId, atMs: manifest.endedAtMs - 1 })).fault).toBeNull();
    expect(await newestProof()).toMatchObject({ state: 'proved', findings: { rows: 1002, compared: 1, exact: 1, differences: [] } });

    const laterMs = await archive('DELETE FROM goods WHERE n >= 6000');
    const lost = listPieces().filter((file) => !before.includes(file));
    for (const file of lost) renameSync(file, `${file}.aside`);
    try {
      expect((await ask('prove-backup', { backupId, atMs: laterMs })).fault).toMatchObject({
        code: 'backup-damaged',
        sentence: expect.stringMatching(/no longer in the storage/),
      });
    } finally {
      for (const file of lost) renameSync(`${file}.aside`, file);
    }
    expect(await newestProof()).toMatchObject({ state: 'failed', nextStep: expect.stringMatching(/restores from it to a moment/) });
    expect((await server.store.backups.findForControlPlane(backupId))?.state).toBe('COMPLETED');
    nothingStays();
  }, 120_000);
}
