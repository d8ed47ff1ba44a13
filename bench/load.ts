import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

/** What the loading process reads: one request, asked again and again on each connection as soon as it is answered. */
export type Load = { url: string; path: string; headers: Record<string, string>; connections: number; seconds: number };
/** Answers counted after a warm-up of one second; any answer but 200 counts as an error. */
export type LoadResult = { answers: number; errors: number; seconds: number; medianMs: number; p99Ms: number; bytes: number };

/** Loads the server from a process of its own. The token travels in a 0600 file, never in argv. */
export async function load(folder: string, wanted: Load): Promise<LoadResult> {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/load.json`;
  writeFileSync(file, JSON.stringify(wanted), { mode: 0o600 });
  const child = fork('bench/load-generator.ts', [file], { execArgv: ['--import', 'tsx'] });
  return new Promise((resolve, reject) => {
    child.on('message', (result: LoadResult) => resolve(result));
    child.on('exit', (code) => reject(new Error(`The loading process ended with ${code} before it had a result.`)));
  });
}
