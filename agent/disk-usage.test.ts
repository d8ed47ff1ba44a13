import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { measureDiskUsage, measureNameless } from './disk-usage.ts';

test('what a process writes into a file without a name is seen until it closes it', async () => {
  const folder = mkdtempSync('/tmp/gbt-usage-');
  try {
    const file = path.join(folder, 'sorted');
    writeFileSync(path.join(folder, 'named'), Buffer.alloc(1e6));
    const descriptor = openSync(file, 'w');
    writeSync(descriptor, Buffer.alloc(3e6));
    rmSync(file);
    expect(await measureDiskUsage([folder])).toBeLessThan(2e6);
    expect(measureNameless(process.pid, [folder])).toBeGreaterThanOrEqual(3e6);
    expect(measureNameless(process.pid, ['/elsewhere'])).toBe(0);
    closeSync(descriptor);
    expect(measureNameless(process.pid, [folder])).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
