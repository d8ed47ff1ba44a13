import { spawn } from 'node:child_process';
import { findFreePort } from './free-port.mjs';

/** `npm start` as a program of its own, for starts that refuse: its exit code, and all it said to the error stream. */
export async function start(env: Record<string, string>, deadlineMs = 25_000): Promise<{ code: number | null; said: string }> {
  const { DATABASE_URL: _, ...clean } = process.env;
  const port = String(await findFreePort());
  const launcher = spawn(process.execPath, ['launcher/start.mjs'], {
    env: { ...clean, GUESTBOARD_PORT: port, ...env },
    timeout: deadlineMs,
  });
  let said = '';
  launcher.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const code = await new Promise<number | null>((resolve) => launcher.on('close', resolve));
  return { code, said: said.trim() };
}
