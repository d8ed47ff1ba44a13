import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Places } from './places.ts';

/** The programs a guest had before it took newer ones, and whom that is for. `isBack`: it runs them again and takes no others unasked. */
export type KeptPrograms = { purpose: string; binFolder: string; isBack: boolean };

/** Beside the agent's record, where the guest cannot write: it may name no program that we ask for its version. */
export function readKeptPrograms(places: Places, name: string): KeptPrograms | null {
  try {
    const { purpose, binFolder, isBack } = JSON.parse(readFileSync(file(places, name), 'utf8')) as Record<string, unknown>;
    return typeof purpose === 'string' && typeof binFolder === 'string' ? { purpose, binFolder, isBack: isBack === true } : null;
  } catch {
    return null;
  }
}

export function writeKeptPrograms(places: Places, name: string, kept: KeptPrograms): void {
  writeFileSync(`${file(places, name)}.new`, JSON.stringify(kept), { mode: 0o600 });
  renameSync(`${file(places, name)}.new`, file(places, name));
}

export function forgetKeptPrograms(places: Places, name: string): void {
  rmSync(file(places, name), { force: true });
}

function file(places: Places, name: string): string {
  return path.join(places.agents, `${name}.programs.json`);
}
