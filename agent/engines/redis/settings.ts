import * as z from 'zod';
import { createEngineSettings, EngineSettings } from '../../engine-settings.ts';

export const Settings = EngineSettings.extend({
  /** Options that count from a start on, as the server was last started with; null before its first start. */
  startedWith: z.record(z.string(), z.string()).nullable(),
  /** Whom it copies; the password is in a file of its own. */
  source: z.object({ host: z.string(), port: z.number(), user: z.string() }).nullable().default(null),
  fenced: z.boolean().default(false),
});
export type Settings = z.infer<typeof Settings>;
export type Source = NonNullable<Settings['source']>;

export const { readSettings, getSettings, saveSettings, changeSettings } = createEngineSettings(Settings);
