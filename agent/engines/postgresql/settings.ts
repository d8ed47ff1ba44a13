import * as z from 'zod';
import { Cidr } from '#contract/names.ts';
import { createEngineSettings, EngineSettings } from '../../engine-settings.ts';

export const Settings = EngineSettings.extend({
  /** Accounts that may copy from here, from where, and by which slot. */
  replicas: z.array(z.object({ user: z.string(), cidr: Cidr, slot: z.string() })),
  /** The source copied from, or null. */
  source: z.object({ host: z.string(), port: z.number(), user: z.string(), slot: z.string(), maxConnections: z.number() }).nullable(),
  /** A source held read-only until it follows another or is released. */
  fenced: z.boolean(),
  /**
   * While it replays an archive: up to which moment, how far that archive reaches (sortable), and whether all of it is to be replayed.
   * `before`: a place in it that the replay must not come to.
   */
  recovery: z
    .object({ atMs: z.number(), reach: z.string(), isWhole: z.boolean(), before: z.string().nullable().default(null) })
    .nullable()
    .default(null),
});
export type Settings = z.infer<typeof Settings>;

export const { readSettings, getSettings, saveSettings, changeSettings } = createEngineSettings(Settings);
