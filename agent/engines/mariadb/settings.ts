import { z } from 'zod';
import { createEngineSettings, EngineSettings } from '../../engine-settings.ts';

export const Settings = EngineSettings.extend({
  /** Options that count from a start on, as the server was last started with. */
  startedWith: z.record(z.string(), z.string()),
});
export type Settings = z.infer<typeof Settings>;

export const { readSettings, getSettings, saveSettings, changeSettings } = createEngineSettings(Settings);
