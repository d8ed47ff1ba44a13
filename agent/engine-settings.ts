import * as z from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import { Cidr } from '#contract/names.ts';
import { ParameterValue } from '#contract/resources/configuration-group.ts';
import { readFileIfThere, writeFile } from './write-file.ts';

/** What every guest was told and must remember; every file in conf/ is made from it. Holds no secret. */
export const EngineSettings = z.object({
  instanceId: z.string(),
  size: z.object({ memoryBytes: z.number(), cpus: z.number(), volumeBytes: z.number() }),
  allowedCidrs: z.array(Cidr),
  parameters: z.record(z.string(), ParameterValue),
  /** The parameters the server last started with. */
  provenParameters: z.record(z.string(), ParameterValue),
});
export type EngineSettings = z.infer<typeof EngineSettings>;

type SettingsPlace = { instanceId: string; settingsFile: string };

/** Reads and changes one engine's settings, by its own schema. */
export function createEngineSettings<S extends EngineSettings>(schema: z.ZodType<S>) {
  /** Null before initialise. Throws when the file is another instance's: its data is not ours to touch. */
  const readSettings = async (place: SettingsPlace): Promise<S | null> => {
    const text = await readFileIfThere(place.settingsFile);
    if (text === null) return null;
    const settings = schema.parse(JSON.parse(text));
    if (settings.instanceId !== place.instanceId) {
      throw new GuestboardError('conflict', 'The folder belongs to another instance; nothing in it was touched.', {
        detail: place.settingsFile,
      });
    }
    return settings;
  };
  const getSettings = async (place: SettingsPlace): Promise<S> => {
    const settings = await readSettings(place);
    if (settings === null) throw new GuestboardError('engine-unavailable', 'The data folder has not been initialised yet.');
    return settings;
  };
  const saveSettings = (place: SettingsPlace, settings: S): Promise<void> =>
    writeFile(place.settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
  const changeSettings = async (place: SettingsPlace, change: Partial<S>): Promise<S> => {
    const settings = { ...(await getSettings(place)), ...change };
    await saveSettings(place, settings);
    return settings;
  };
  return { readSettings, getSettings, saveSettings, changeSettings };
}
