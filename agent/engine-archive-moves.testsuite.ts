import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { archived, beginArchive, newest, toPoint } from './archived-guest.testsuite.ts';
import { makeBackup } from './engine-backup.testsuite.ts';
import { look, type TestBench } from './engine-bench.testsuite.ts';
import { context, type TestGuest, until } from './guest.testsuite.ts';
import { admit, toSource } from './replicated-guest.testsuite.ts';

type Set = { first: TestGuest; second: TestGuest; write(guest: TestGuest): Promise<void> };

/** The second is the source and the first its replica, before and after. */
export function testArchiveThatMoves(bench: TestBench, getSet: () => Set): void {
  test('the archive ends at the old source and begins at the new one, whose moments can be restored', async () => {
    const { first, second, write } = getSet();
    if (second.engine.archiveSource === undefined) return;
    const [old, reason] = [await beginArchive(second), 'It is a replica since then.'];
    await changeSource({ guest: second, slot: 'second' }, { guest: first, slot: 'first' });
    await old.answers.configure({ archive: null, endReason: reason }, context());
    await until(
      () => newest(old)?.endReason,
      (said) => said === reason,
    );
    const fresh = await beginArchive(first);
    const backupId = randomUUID();
    await makeBackup(first, backupId);
    await write(first);
    const rows = await bench.count(first, 'copied');
    const atMs = Math.ceil(Date.now() / 1000) * 1000;
    await archived(fresh, atMs);
    const copy = await bench.createGuest();
    await copy.begin({ data: toPoint(first, fresh, backupId, atMs) });
    expect(await bench.count(copy, 'copied')).toBe(rows);
    await copy.engine.lifecycle.stop({}, context());
    await fresh.answers.configure({ archive: null }, context());
    await until(
      () => newest(fresh)?.endReason,
      (said) => said === 'Archiving was turned off.',
    );
    await Promise.all([old.close(), fresh.close()]);
    await changeSource({ guest: first, slot: 'first' }, { guest: second, slot: 'second' });
    first.events.length = 0;
  }, 60_000);
}

type Member = { guest: TestGuest; slot: string };

async function changeSource(from: Member, to: Member): Promise<void> {
  const { position } = await from.guest.engine.replication.fence({}, context());
  await to.guest.engine.replication.promote({ reach: position }, context());
  await admit(to.guest, from.slot);
  await from.guest.engine.replication.follow({ source: toSource(to.guest, from.slot) }, context());
  await from.guest.engine.replication.dismissReplica({ slot: to.slot }, context());
  await until(
    () => look(from.guest),
    ({ replication }) => replication?.connected === true,
  );
}
