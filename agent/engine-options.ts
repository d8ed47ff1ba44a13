import type { DatastoreDetails, ParameterDefinition } from '#contract/datastores/datastore.ts';
import type { EngineSettings } from './engine-settings.ts';

export type Options = Readonly<Record<string, string>>;
/** Options that count from a start on, as the server was last started with. */
type Started = Pick<EngineSettings, 'size' | 'parameters'> & { startedWith: Options };

/** For servers that do not say themselves what waits for a restart: which of their options count at once, and which from a start on. */
export function createEngineOptions(
  definition: Pick<DatastoreDetails, 'parameters'>,
  toOptions: (settings: Pick<EngineSettings, 'size' | 'parameters'>) => Options,
) {
  const definitions: Readonly<Record<string, ParameterDefinition>> = definition.parameters;
  const pick = (options: Options, live: boolean) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => (definitions[name]?.needsRestart === false) === live));
  const startOptions = (options: Options) => pick(options, false);
  return {
    /** What a running server takes at once. */
    liveOptions: (options: Options): Record<string, string> => pick(options, true),
    /** Everything else counts from the next start. */
    startOptions: (options: Options): Record<string, string> => startOptions(options),
    /** Whether the server runs with other options than a start would give it now. */
    isRestartRequired: (settings: Started): boolean => {
      const wanted = startOptions(toOptions(settings));
      const names = new Set([...Object.keys(wanted), ...Object.keys(settings.startedWith)]);
      return [...names].some((name) => wanted[name] !== settings.startedWith[name]);
    },
  };
}
