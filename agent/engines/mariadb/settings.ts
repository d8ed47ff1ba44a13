import * as z from 'zod';
import { createEngineSettings, EngineSettings } from '../../engine-settings.ts';

export const Settings = EngineSettings.extend({
  /** Options that count from a start on, as the server was last started with. */
  startedWith: z.record(z.string(), z.string()),
  /** Who may copy. Holds hashes only. */
  replicas: z.array(z.object({ user: z.string(), hash: z.string(), cidr: z.string(), slot: z.string() })).default([]),
  /** Whom it copies; the password is in a file of its own, and in the server's. `position` is where a fresh copy goes on from, until it does. */
  source: z.object({ host: z.string(), port: z.number(), user: z.string(), position: z.string().nullable() }).nullable().default(null),
  fenced: z.boolean().default(false),
});
export type Settings = z.infer<typeof Settings>;
export type Source = NonNullable<Settings['source']>;

export const { readSettings, getSettings, saveSettings, changeSettings } = createEngineSettings(Settings);
