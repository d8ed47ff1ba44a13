import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identifyProcess, isProcessIdentity, isSameProcess } from '#drivers/process/pid-identity.ts';
import { readIfPresent } from './durable-file.ts';

/**
 * Takes run/agent.json of the guest's folder: one agent per guest. Throws a sentence while another lives; a dead one's is taken over.
 * The file holds the agent's process identity, for whoever starts and ends agents.
 */
export function takeAgentLock(folder: string): { release(): void } {
  const file = path.join(folder, 'run', 'agent.json');
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o750 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(identifyProcess(process.pid)), { mode: 0o644 });
  try {
    return claim(file, draft);
  } finally {
    rmSync(draft, { force: true });
  }
}

function claim(file: string, draft: string): { release(): void } {
  for (let attempt = 0; ; attempt++) {
    try {
      // A link appears whole or not at all; a file being written would look like that of a dead agent.
      linkSync(draft, file);
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || attempt > 5) throw error;
    }
    const holder = readIfPresent(file);
    if (isProcessIdentity(holder) && isSameProcess(holder)) {
      throw new Error(`Another agent of this guest is running: process ${holder.pid}.`);
    }
    rmSync(file, { force: true });
  }
}
