import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createLogSources, parseErrorLine, parseSlowLine, pruneLogs, rotateLogs } from './logs.ts';

test.each([
  ['2026-11-25  6:10:11 0 [Note] InnoDB: ready', { atMs: Date.UTC(2026, 10, 25, 6, 10, 11), level: 'info', text: 'InnoDB: ready' }],
  ['2026-11-25 16:10:11 37 [Warning] Access denied', { atMs: Date.UTC(2026, 10, 25, 16, 10, 11), level: 'warning', text: 'Access denied' }],
  ['2026-11-25 16:10:11 0 [ERROR] Aborting', { atMs: Date.UTC(2026, 10, 25, 16, 10, 11), level: 'error', text: 'Aborting' }],
  ["Version: '10.11'  socket: 'x'", { atMs: null, level: 'info', text: "Version: '10.11'  socket: 'x'" }],
])('%s', (line, parsed) => {
  expect(parseErrorLine(line)).toEqual(parsed);
});

test('a slow record’s first line has its time, and a typed password is not shown', () => {
  expect(parseSlowLine('# Time: 261125  6:10:11').atMs).toBe(Date.UTC(2026, 10, 25, 6, 10, 11));
  for (const line of ["SET PASSWORD = PASSWORD('it''s secret');", "ALTER USER x IDENTIFIED BY 'secret';", "SET PASSWORD = 'cut off secre"])
    expect(parseSlowLine(line).text).not.toMatch(/secre/);
});

test('long logs get another name, the oldest go, and what is written stays last', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gbt-logs-'));
  try {
    const place = { logs: folder, errorLog: path.join(folder, 'error.log'), slowLog: path.join(folder, 'slow.log') };
    const asked: string[] = [];
    writeFileSync(place.errorLog, 'x'.repeat(100));
    await rotateLogs(place, async (text) => asked.push(text), 50);
    expect(asked).toEqual(['FLUSH LOCAL ERROR LOGS']);
    writeFileSync(place.errorLog, 'new');
    const [source] = createLogSources(place);
    expect(source?.files().map((file) => path.basename(file))).toEqual([expect.stringMatching(/^error-\w+\.log$/), 'error.log']);
    pruneLogs(place, 50);
    expect(readdirSync(folder)).toEqual(['error.log']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
