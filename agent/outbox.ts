import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ReportBody } from '#contract/guest/reports.ts';
import { readIfPresent } from './durable-file.ts';

export type Outbox = {
  keep(key: string, body: ReportBody): void;
  forget(key: string): void;
  /** What earlier lives of the agent kept and nobody acknowledged, oldest first; each is forgotten here and must be kept anew. */
  takeLeftovers(): ReportBody[];
};

/**
 * Reports that must arrive, until they have: they survive the agent, not the host's power cut
 * (an outcome does, in the journal; it is answered when the command is delivered again).
 */
export function openOutbox(folder: string): Outbox {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const leftovers = readdirSync(folder).sort();
  const fileOf = (key: string) => path.join(folder, `${key}.json`);
  return {
    keep: (key, body) => writeFileSync(fileOf(key), JSON.stringify(body), { mode: 0o600 }),
    forget: (key) => rmSync(fileOf(key), { force: true }),
    takeLeftovers: () =>
      leftovers.splice(0).flatMap((name) => {
        const file = path.join(folder, name);
        const body = ReportBody.safeParse(readIfPresent(file));
        rmSync(file, { force: true });
        return body.success ? [body.data] : [];
      }),
  };
}
