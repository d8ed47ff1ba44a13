import { z } from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import { Cidr } from '#contract/names.ts';
import { ParameterValue } from '#contract/resources/configuration-group.ts';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import type { Place } from './place.ts';

/** What this guest was told and must remember; every file in conf/ is made from it. Holds no secret. */
export const Settings = z.object({
  instanceId: z.string(),
  size: z.object({ memoryBytes: z.number(), cpus: z.number(), volumeBytes: z.number() }),
  allowedCidrs: z.array(Cidr),
  parameters: z.record(z.string(), ParameterValue),
  /** The parameters the server last started with. */
  provenParameters: z.record(z.string(), ParameterValue),
  /** Accounts that may copy from here, from where, and by which slot. */
  replicas: z.array(z.object({ user: z.string(), cidr: Cidr, slot: z.string() })),
  /** The source copied from, or null. */
  source: z.object({ host: z.string(), port: z.number(), user: z.string(), slot: z.string(), maxConnections: z.number() }).nullable(),
  /** A source held read-only until it follows another or is released. */
  fenced: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;

/** Null before initialise. Throws when the file is another instance's: its data is not ours to touch. */
export async function readSettings(place: Place): Promise<Settings | null> {
  const text = await readFileIfThere(place.settingsFile);
  if (text === null) return null;
  const settings = Settings.parse(JSON.parse(text));
  if (settings.instanceId !== place.instanceId) {
    throw new GuestboardError('conflict', 'The folder belongs to another instance; nothing in it was touched.', {
      detail: place.settingsFile,
    });
  }
  return settings;
}

export async function getSettings(place: Place): Promise<Settings> {
  const settings = await readSettings(place);
  if (settings === null) throw new GuestboardError('engine-unavailable', 'The data folder has not been initialised yet.');
  return settings;
}

export async function changeSettings(place: Place, change: Partial<Settings>): Promise<Settings> {
  const settings = { ...(await getSettings(place)), ...change };
  await writeFile(place.settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
  return settings;
}
