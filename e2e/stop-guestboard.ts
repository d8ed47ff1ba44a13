import { spawnSync } from 'node:child_process';

/** Stops the specs' Guestboard with all its guests, by the same command a person has. */
export default function stopGuestboard(): void {
  const { status, stderr } = spawnSync(process.execPath, ['launcher/stop.mjs'], { encoding: 'utf8', timeout: 120_000 });
  if (status !== 0) throw new Error(`npm stop failed: ${stderr}`);
}
