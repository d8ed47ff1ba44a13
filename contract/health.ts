import type { DesiredState, GuestFacts } from './guest/facts.ts';

// What a page needs at once lives here without zod; status.ts adds the schemas.

export type Tone = 'healthy' | 'working' | 'attention' | 'broken' | 'stopped' | 'unknown';

/** What the agent sees (Trove's service status), as a table: label and tone. */
export const operatingStatuses = {
  NEW: { label: 'New', tone: 'working' },
  BUILDING: { label: 'Building', tone: 'working' },
  RUNNING: { label: 'Running', tone: 'attention' },
  HEALTHY: { label: 'Healthy', tone: 'healthy' },
  BLOCKED: { label: 'Not answering', tone: 'broken' },
  RESTART_REQUIRED: { label: 'Restart required', tone: 'attention' },
  SHUTDOWN: { label: 'Stopped', tone: 'stopped' },
  CRASHED: { label: 'Database down', tone: 'broken' },
  FAILED: { label: 'Failed', tone: 'broken' },
  UNKNOWN: { label: 'Agent silent', tone: 'unknown' },
} as const satisfies Record<string, { label: string; tone: Tone }>;
export type OperatingStatus = keyof typeof operatingStatuses;

/** What the owner sees (Trove's instance status; RESTORE is ours, since Trove restores to new instances alone). */
export const instanceStatuses = {
  BUILD: { label: 'Building', tone: 'working' },
  ACTIVE: { label: 'Active', tone: 'attention' },
  HEALTHY: { label: 'Healthy', tone: 'healthy' },
  BLOCKED: { label: 'Not answering', tone: 'broken' },
  REBOOT: { label: 'Restarting', tone: 'working' },
  RESIZE: { label: 'Resizing', tone: 'working' },
  BACKUP: { label: 'Backing up', tone: 'working' },
  RESTORE: { label: 'Restoring', tone: 'working' },
  PROMOTE: { label: 'Promoting', tone: 'working' },
  EJECT: { label: 'Ejecting', tone: 'working' },
  DETACH: { label: 'Detaching', tone: 'working' },
  UPGRADE: { label: 'Upgrading', tone: 'working' },
  RESTART_REQUIRED: { label: 'Restart required', tone: 'attention' },
  SHUTDOWN: { label: 'Stopped', tone: 'stopped' },
  FAILED: { label: 'Database down', tone: 'broken' },
  ERROR: { label: 'Error', tone: 'broken' },
} as const satisfies Record<string, { label: string; tone: Tone }>;
export type InstanceStatus = keyof typeof instanceStatuses;

/** Everything both derivations look at; nothing else decides a status. */
export type StatusFacts = {
  guest: GuestFacts | null;
  /** When the control plane last heard the agent, on the control plane's clock; null before the first report. */
  agentSeenAtMs: number | null;
  heartbeatIntervalMs: number;
  desiredState: DesiredState;
  /** The running operation's status word while one runs. */
  runningStatus: InstanceStatus | null;
  /** True when the creating operation never finished well, or a later one left the instance needing a person. */
  errored: boolean;
};

export function isSilent(facts: Pick<StatusFacts, 'agentSeenAtMs' | 'heartbeatIntervalMs'>, nowMs: number): boolean {
  return facts.agentSeenAtMs === null || nowMs - facts.agentSeenAtMs > 3 * facts.heartbeatIntervalMs;
}

export function deriveOperatingStatus(facts: StatusFacts, nowMs: number): OperatingStatus {
  const { guest } = facts;
  if (guest === null) return facts.runningStatus === 'BUILD' ? 'BUILDING' : 'NEW';
  if (isSilent(facts, nowMs)) return 'UNKNOWN';
  switch (guest.processState) {
    case 'none':
      return 'NEW';
    case 'starting':
      return 'BUILDING';
    case 'stopped':
      return 'SHUTDOWN';
    case 'crashed':
      return 'CRASHED';
    case 'gave-up':
      return 'FAILED';
    case 'not-answering':
      return 'BLOCKED';
    case 'running':
      if (!guest.acceptsLogins) return 'BLOCKED';
      if (guest.restartRequired) return 'RESTART_REQUIRED';
      return guest.acceptsWrites || guest.role === 'replica' ? 'HEALTHY' : 'RUNNING';
  }
}

export function deriveInstanceStatus(facts: StatusFacts, nowMs: number): InstanceStatus {
  if (facts.runningStatus !== null) return facts.runningStatus;
  if (facts.errored) return 'ERROR';
  const operating = deriveOperatingStatus(facts, nowMs);
  switch (operating) {
    case 'NEW':
    case 'BUILDING':
      return 'BUILD';
    case 'RUNNING':
    case 'UNKNOWN':
      return 'ACTIVE';
    case 'HEALTHY':
      return 'HEALTHY';
    case 'BLOCKED':
      return 'BLOCKED';
    case 'RESTART_REQUIRED':
      return 'RESTART_REQUIRED';
    case 'SHUTDOWN':
      return 'SHUTDOWN';
    case 'CRASHED':
    case 'FAILED':
      return 'FAILED';
  }
}

/** Whoever is gone is started again within seconds, whoever hangs replaced after a minute: later there may be nobody left to start. */
export const lostAfterMs = 120_000;

export type Health = { tone: Tone; label: string; sentence: string };

/** What a page says of an instance: the mark, the word, and what it means with what to do. */
export function describeHealth(facts: StatusFacts, nowMs: number): Health {
  const status = deriveInstanceStatus(facts, nowMs);
  const { guest } = facts;
  if (facts.runningStatus !== null || facts.errored || guest === null) {
    const sentence = facts.errored
      ? 'The last operation left this instance needing attention. Open its operations for the cause.'
      : 'An operation is running.';
    return {
      ...instanceStatuses[status],
      sentence: facts.runningStatus === null && !facts.errored ? 'The guest has not reported yet.' : sentence,
    };
  }
  if (isSilent(facts, nowMs)) {
    return {
      tone: 'unknown',
      label: 'Agent silent',
      sentence: `Last known state: ${operatingStatuses[deriveOperatingStatus(facts, facts.agentSeenAtMs ?? nowMs)].label.toLowerCase()}. ${sayOfSilence(facts, nowMs)}`,
    };
  }
  if (guest.processState === 'gave-up') {
    return {
      tone: 'broken',
      label: 'Database down',
      sentence: 'The database crashed repeatedly and is no longer restarted. Read the last log lines, then start it.',
    };
  }
  if (guest.processState === 'crashed')
    return { tone: 'broken', label: 'Database down', sentence: 'The database ended. The agent is restarting it.' };
  if (guest.processState === 'not-answering') {
    return {
      tone: 'broken',
      label: guest.busyWith ? 'Busy' : 'Not answering',
      sentence: guest.busyWith ?? 'The database does not answer. Restart it if this lasts.',
    };
  }
  if (guest.processState === 'starting') return { tone: 'working', label: 'Starting', sentence: 'The database is starting.' };
  if (guest.processState === 'stopped' && facts.desiredState === 'stopped')
    return { tone: 'stopped', label: 'Stopped', sentence: 'Stopped on request. Start it to use it.' };
  if (guest.processState === 'stopped')
    return { tone: 'broken', label: 'Database down', sentence: 'The database is stopped although it should run. Start it.' };
  if (guest.processState === 'running' && !guest.acceptsLogins) {
    return {
      tone: 'broken',
      label: 'Refusing logins',
      sentence: 'The database is up but refuses logins. Its log says why; restart it if this lasts.',
    };
  }
  if (guest.volumeState === 'read-only') {
    return {
      tone: 'broken',
      label: 'Volume full',
      sentence: 'Writes stopped at 97 % of the volume and begin again below 95 %. Enlarge the volume or delete data.',
    };
  }
  if (guest.processState === 'running' && !guest.acceptsWrites && guest.role !== 'replica') {
    return {
      tone: 'broken',
      label: 'Not writable',
      sentence: 'The database does not accept writes. Its log says why; look whether its configuration makes it read-only.',
    };
  }
  if (guest.role === 'replica' && guest.replication !== null && !guest.replication.connected) {
    return {
      tone: 'attention',
      label: 'Not following',
      sentence: 'The replica answers but is not connected to its source. It tries again by itself; the Replication tab says more.',
    };
  }
  if (guest.restartRequired)
    return { tone: 'attention', label: 'Restart required', sentence: 'A changed parameter takes effect at the next restart.' };
  if (guest.volumeState === 'alarm')
    return { tone: 'attention', label: 'Volume 95 % full', sentence: 'Writes stop at 97 %. Enlarge the volume or drop data.' };
  const archive = guest.archive?.error;
  if (guest.archive?.state === 'broken' && archive)
    return { tone: 'attention', label: 'Archive broken', sentence: `${archive.sentence} ${archive.next}` };
  if (guest.archive?.state === 'behind' && archive)
    return { tone: 'attention', label: 'Archive behind', sentence: `${archive.sentence} ${archive.next}` };
  if (guest.volumeState === 'warning')
    return { tone: 'attention', label: 'Volume 85 % full', sentence: 'Enlarge the volume before it reaches 97 %.' };
  return {
    ...instanceStatuses[status],
    sentence: guest.role === 'replica' ? 'Answering reads and following its source.' : 'Answering and writable.',
  };
}

function sayOfSilence({ agentSeenAtMs }: StatusFacts, nowMs: number): string {
  return nowMs - (agentSeenAtMs ?? 0) < lostAfterMs
    ? 'The database may well be running; the agent is being started again.'
    : 'An agent that is gone is started again within seconds, and this one was not heard since: its guest may be lost, or cannot reach the control plane. Where it is lost, restore its newest backup or moment to a new instance.';
}

export function toStatusFacts(
  instance: Pick<StatusFacts, 'guest' | 'heartbeatIntervalMs' | 'desiredState' | 'runningStatus' | 'errored'> & {
    agentSeenAt: string | null;
  },
  agentSeenAtMs: number | null = instance.agentSeenAt === null ? null : Date.parse(instance.agentSeenAt),
): StatusFacts {
  return {
    guest: instance.guest,
    agentSeenAtMs,
    heartbeatIntervalMs: instance.heartbeatIntervalMs,
    desiredState: instance.desiredState,
    runningStatus: instance.runningStatus,
    errored: instance.errored,
  };
}
