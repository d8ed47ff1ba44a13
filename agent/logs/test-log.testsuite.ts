import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import type { ReportBody } from '#contract/guest/reports.ts';
import type { LogLine } from '#contract/resources/log.ts';
import type { LogSource } from '../engine.ts';
import { createLogs, type Logs } from './logs.ts';

/** One log in a folder of its own; `paths` are its files, oldest first, as the test goes on. */
export type TestLog = {
  paths: string[];
  hide?: (line: string) => string;
  file(name: string): string;
  logs: Logs;
  /** Whether reports can be sent. */
  connected: boolean;
  reports: Extract<ReportBody, { type: 'log-lines' }>[];
  read(query?: Partial<CommandInput<'logs.read'>>): ReturnType<Logs['answers']['read']>;
  /** The texts of all lines that were reported. */
  followed(): string[];
  close(): void;
};

export const context: CommandContext = { progress: () => {}, signal: new AbortController().signal };
export const stamp = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
export const line = (second: number, text: string, level = 'info') => `${stamp(second)} ${level} ${text}\n`;
export const texts = (lines: readonly LogLine[]) => lines.map(({ text }) => text);

export function openTestLog(expireMs = 60_000): TestLog {
  const folder = mkdtempSync(path.join(tmpdir(), 'guestboard-logs-'));
  /** Lines look like "2026-01-01T00:00:00.000Z error text"; anything else is plain text. */
  const source: LogSource = {
    name: 'test',
    title: 'Test log',
    files: () => test.paths,
    hide: (text) => test.hide?.(text) ?? text,
    parse(text) {
      const match = /^(\d{4}-\S+Z) (debug|info|warning|error|fatal) (.*)$/.exec(text);
      return match === null
        ? { atMs: null, level: 'info', text }
        : { atMs: Date.parse(match[1] ?? ''), level: match[2] as LogLine['level'], text: match[3] ?? '' };
    },
  };
  const logs = createLogs({
    sources: () => [source],
    report: (body) => {
      if (test.connected && body.type === 'log-lines') test.reports.push(body);
      return test.connected;
    },
    isConnected: () => test.connected,
    log: () => {},
    pollMs: 20,
    expireMs,
  });
  const test: TestLog = {
    paths: [path.join(folder, 'a.log')],
    file: (name) => path.join(folder, name),
    logs,
    connected: true,
    reports: [],
    read: (query = {}) => logs.answers.read({ name: 'test', limit: 100, ...query }, context),
    followed: () => texts(test.reports.flatMap(({ lines }) => lines)),
    close() {
      logs.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return test;
}
