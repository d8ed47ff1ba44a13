import type { GuestFacts } from '#contract/status.ts';
import type { EngineLook } from './engine.ts';
import type { Supervision } from './supervisor.ts';

export type FactSources = {
  /** The latest look that came in time; null before the first. */
  look: EngineLook | null;
  /** The latest look did not come in time. */
  overdue: boolean;
  /** Whether the main process is there this very moment; null when there should be none. */
  alive: boolean | null;
  supervision: Supervision;
  volume: Pick<GuestFacts, 'volumeUsedBytes' | 'volumeState'>;
  enforcement: GuestFacts['enforcement'];
  archive?: GuestFacts['archive'];
};

/** What the agent says of its guest. The look says what the engine answers; what the supervisor knows comes before an older look. */
export function composeFacts({ look, overdue, alive, supervision, volume, enforcement, archive }: FactSources): GuestFacts {
  const processState = decideProcessState({ look, overdue, alive, supervision });
  const answers = processState === 'running';
  const busyWith = processState === 'not-answering' && !overdue ? look?.busyWith : null;
  return {
    processState,
    acceptsLogins: answers && (look?.acceptsLogins ?? false),
    acceptsWrites: answers && (look?.acceptsWrites ?? false) && volume.volumeState !== 'read-only',
    restartRequired: look?.restartRequired ?? false,
    role: look?.role ?? 'standalone',
    version: look?.version ?? null,
    startedAtMs: answers || processState === 'not-answering' ? (look?.startedAtMs ?? null) : null,
    restartedAtMs: supervision.restartedAtMs,
    crashedAtMs: supervision.crashedAtMs,
    ...(supervision.nextTryAtMs === null ? {} : { nextTryAtMs: supervision.nextTryAtMs }),
    recentCrashes: supervision.recentCrashes,
    volumeUsedBytes: volume.volumeUsedBytes,
    volumeState: volume.volumeState,
    enforcement,
    replication: look?.replication ?? null,
    ...(archive === undefined ? {} : { archive }),
    ...(busyWith ? { busyWith } : {}),
    lastError: processState === 'running' ? (look?.lastError ?? null) : (supervision.lastError ?? look?.lastError ?? null),
  };
}

function decideProcessState({
  look,
  overdue,
  alive,
  supervision,
}: Pick<FactSources, 'look' | 'overdue' | 'alive' | 'supervision'>): GuestFacts['processState'] {
  const { phase } = supervision;
  if (phase === 'gave-up') return 'gave-up';
  if (phase === 'down') return 'crashed';
  if (phase === 'starting' && look?.processState !== 'running') return 'starting';
  if (alive === false && phase === 'quiet') return 'crashed';
  // Looked at before it was brought back.
  if (alive === true && phase === 'quiet' && look?.processState === 'stopped') return 'starting';
  if (overdue) return alive === true ? 'not-answering' : (look?.processState ?? 'none');
  return look?.processState ?? 'none';
}

/** Whether a person would see a difference: sizes and lags move all the time and wait for the beat. */
export function differs(a: GuestFacts, b: GuestFacts): boolean {
  return JSON.stringify(visible(a)) !== JSON.stringify(visible(b));
}

function visible(facts: GuestFacts) {
  return { ...facts, volumeUsedBytes: 0, replication: facts.replication === null ? null : facts.replication.connected };
}
