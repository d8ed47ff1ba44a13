import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'vitest';
import type { TestBench } from '../../engine-bench.testsuite.ts';
import { context } from '../../guest.testsuite.ts';
import { createPlace } from './place.ts';

/** While a server reads its keys it answers, with as many as it has by then: after every 1,024 commands of its log. */
export function testSlowReading(bench: TestBench): void {
  test('a new version is waited for until it has read all keys', async () => {
    const guest = await bench.beginGuest();
    await bench.ask(guest, "EVAL for\ti=1,12000\tdo\tredis.call('SET',i,i)end 0");
    const slow = path.join(guest.identity.folder, 'slow');
    const { server } = createPlace(guest.identity);
    mkdirSync(slow);
    const file = path.join(slow, server.name);
    writeFileSync(file, `#!/bin/bash\nexec -a ${server.name} '${server.file}' "$@" --key-load-delay 150\n`, { mode: 0o755 });
    await guest.engine.upgrade.build(
      { purpose: 'slow', version: guest.identity.version, binFolder: slow },
      context(AbortSignal.timeout(60_000)),
    );
    await guest.engine.backup.settle({ purpose: 'slow', keep: 'old' }, context());
  });
}
