import { existsSync, rmSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { measureAgeMs, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import type { Compute, Ensured, GuestRequest, HostVersion } from '../compute.ts';
import { ensureAccount, findAccount, nameAccount, removeAccount } from './accounts.ts';
import { type AgentPlace, findAgent, forgetAgent, startAgent } from './agent-process.ts';
import { ensureBackupFolder, makeBackupFolder, nameBackupFolder } from './backup-folders.ts';
import { probeControlGroups } from './control-groups.ts';
import { isLiving, makeGuestFolder, ownsFolder, readIdentity, withdrawIdentity, writeIdentity } from './guest-folder.ts';
import { endGuestProcesses, listGuestProcesses, listIdleGuests } from './guest-processes.ts';
import { forgetKeptPrograms, readKeptPrograms, writeKeptPrograms } from './kept-programs.ts';
import { choosePlaces, type Places } from './places.ts';
import { freeSharedMemory } from './shared-memory.ts';
import { createVersionFinder } from './versions.ts';

export type LocalProcessOptions = {
  dataFolder: string;
  /** The agent as built, dist/agent: agent.mjs and what it loads. Run from a copy, never imported. */
  agentFolder: string;
  /** Certificates agents trust besides the well-known ones: our own, when we speak TLS ourselves. */
  trustFile?: string;
  /** Where else datastores' programs are; they come before those of the system. */
  programFolders?: readonly string[];
};

type LocalProcess = Compute & {
  places: Places;
  backupFolder(projectId: string): string;
  /** The same, made where it never was; one that was and is not there is away, and stays so. */
  ensureBackupFolder(projectId: string): string;
};

/** Guests as processes of this host: as root each under a system account of its own, else all under ours. */
export function localProcess(options: LocalProcessOptions): LocalProcess {
  const isolated = process.getuid?.() === 0;
  const places = choosePlaces(options.dataFolder, isolated);
  const groups = probeControlGroups();
  const versions = createVersionFinder({ places, isolated, programFolders: options.programFolders ?? [] });

  function locate(instanceId: string): AgentPlace {
    const name = instanceId.slice(0, 8);
    const folder = path.join(places.guests, name);
    const account = isolated ? (findAccount(nameAccount(instanceId)) ?? undefined) : undefined;
    return { name, folder, identityFile: path.join(folder, 'identity.json'), account };
  }

  async function create(request: GuestRequest): Promise<void> {
    const { size, ...identity } = request;
    const version = (await versions.list()).find((known) => known.datastore === request.datastore && known.version === request.version);
    if (!version) throw new GuestboardError('version-unavailable', `This host has no ${request.datastore} ${request.version}.`);
    const account = isolated ? await ensureAccount(request.instanceId, request.projectId) : undefined;
    const place = { ...locate(request.instanceId), account };
    makeGuestFolder(place.folder, request.instanceId, account);
    const controlGroups = account === undefined ? { memory: null, cpu: null } : groups.set(place.name, size, account.uid);
    // An agent of an earlier attempt holds an earlier token.
    const earlier = findAgent(places, place);
    if (earlier !== null && signalProcess(earlier, 'SIGKILL')) await waitForEnd(earlier, 5000);
    writeIdentity(
      place.identityFile,
      {
        ...identity,
        binFolder: version.binFolder,
        folder: place.folder,
        backupFolder: makeBackupFolder(places, request.projectId, account),
        controlGroups,
      },
      account,
    );
    await start(place);
  }

  async function start(place: AgentPlace): Promise<void> {
    const agent = await startAgent(places, place, options);
    if (place.account !== undefined) groups.admitAgent(place.name, agent.pid);
  }

  /** What the host has of this version for this guest: what it went back to comes before the newer that it went back from. */
  async function choosePrograms({ name }: AgentPlace, { datastore }: GuestIdentity, wanted: string): Promise<HostVersion | undefined> {
    const kept = readKeptPrograms(places, name);
    const held = kept?.isBack ? await versions.findIn(datastore, wanted, kept.binFolder) : null;
    return held ?? (await versions.list()).find((known) => known.datastore === datastore && known.version === wanted);
  }

  /** A guest of which nothing runs takes the programs that its version has now: those it was made with may be gone, or older. */
  async function renewPrograms(place: AgentPlace): Promise<void> {
    const identity = readIdentity(place.identityFile);
    if (identity === null || listGuestProcesses(place.folder, place.account?.uid ?? null).length > 0) return;
    const now = await choosePrograms(place, identity, identity.version);
    if (now && now.binFolder !== identity.binFolder)
      writeIdentity(place.identityFile, { ...identity, binFolder: now.binFolder }, place.account);
  }

  function getIdentity({ identityFile }: AgentPlace): GuestIdentity {
    const identity = readIdentity(identityFile);
    if (identity === null) throw new GuestboardError('not-found', 'This host has no such guest.');
    return identity;
  }

  async function takeVersion(instanceId: string, wanted: string): Promise<void> {
    const place = locate(instanceId);
    const identity = getIdentity(place);
    const found = await choosePrograms(place, identity, wanted);
    if (found === undefined) throw new GuestboardError('version-unavailable', `This host has no ${identity.datastore} ${wanted}.`);
    await exchangePrograms(place, identity, found);
  }

  async function keepPrograms(instanceId: string, purpose: string): Promise<boolean> {
    const place = locate(instanceId);
    const kept = readKeptPrograms(places, place.name);
    if (kept?.purpose === purpose) return kept.isBack;
    writeKeptPrograms(places, place.name, { purpose, binFolder: getIdentity(place).binFolder, isBack: false });
    return false;
  }

  async function returnPrograms(instanceId: string, purpose: string): Promise<HostVersion | null> {
    const place = locate(instanceId);
    const identity = getIdentity(place);
    const kept = readKeptPrograms(places, place.name);
    if (kept?.purpose !== purpose || (!kept.isBack && kept.binFolder === identity.binFolder)) return null;
    const found = await versions.findIn(identity.datastore, identity.version, kept.binFolder);
    if (found === null) return null;
    writeKeptPrograms(places, place.name, { ...kept, isBack: true });
    await exchangePrograms(place, identity, found);
    return found;
  }

  /** The agent ends before the identity changes: whichever way this is cut off, the next agent and the identity agree. */
  async function exchangePrograms(place: AgentPlace, identity: GuestIdentity, { version, binFolder }: HostVersion): Promise<void> {
    if (binFolder === identity.binFolder && version === identity.version) return;
    const agent = findAgent(places, place);
    const others = listGuestProcesses(place.folder, place.account?.uid ?? null).filter(({ pid }) => pid !== agent?.pid);
    if (others.length > 0)
      throw new GuestboardError('refused', 'Processes of the guest run; its programs are exchanged only while none does.');
    // Its farewell can take seconds, in which the database is away.
    if (agent !== null && signalProcess(agent, 'SIGKILL')) await waitForEnd(agent, 5000);
    writeIdentity(place.identityFile, { ...identity, version, binFolder }, place.account);
    await start(place);
  }

  const starting = new Map<string, Promise<Ensured>>();

  /** After what is under way for the guest; who wants it to run meanwhile waits for this. */
  async function alone<T>(instanceId: string, work: () => Promise<T>): Promise<T> {
    // Another that waited, too, may have begun first.
    while (starting.has(instanceId)) await starting.get(instanceId)?.catch(() => {});
    const done = work().finally(() => starting.delete(instanceId));
    const started = done.then(
      () => 'started' as const,
      () => 'absent' as const,
    );
    starting.set(instanceId, started);
    return done;
  }

  async function ensureOnce(instanceId: string, hungForMs: number): Promise<Ensured> {
    const place = locate(instanceId);
    if (!isLiving(place.folder, instanceId) || (isolated && place.account === undefined)) return 'absent';
    const agent = findAgent(places, place);
    if (agent !== null) {
      // A younger one has taken the place of the one that hung, as when another server of this host came first.
      if (measureAgeMs(agent) < hungForMs) return 'running';
      if (signalProcess(agent, 'SIGKILL')) await waitForEnd(agent, 5000);
    }
    await renewPrograms(place);
    await start(place);
    return agent === null ? 'started' : 'replaced';
  }

  return {
    places,
    backupFolder: (projectId) => nameBackupFolder(places, projectId),
    ensureBackupFolder: (projectId) => ensureBackupFolder(places, projectId),
    isolation: isolated
      ? { accounts: true, sentence: 'Every instance runs under a system account of its own.' }
      : {
          accounts: false,
          sentence: 'No isolation between tenants on this host: all instances share the account that started Guestboard.',
        },
    enforcement: groups.enforcement,
    listVersions: versions.list,
    create: (request) => alone(request.instanceId, () => create(request)),
    ensure(instanceId, hungForMs = Number.POSITIVE_INFINITY) {
      const running = starting.get(instanceId) ?? ensureOnce(instanceId, hungForMs).finally(() => starting.delete(instanceId));
      starting.set(instanceId, running);
      return running;
    },
    takeVersion: (instanceId, version) => alone(instanceId, () => takeVersion(instanceId, version)),
    keepPrograms,
    returnPrograms: (instanceId, purpose) => alone(instanceId, () => returnPrograms(instanceId, purpose)),
    async resize(instanceId, size) {
      const place = locate(instanceId);
      if (place.account !== undefined && existsSync(place.folder)) groups.set(place.name, size, place.account.uid);
    },
    async remove(instanceId) {
      const place = locate(instanceId);
      const mine = ownsFolder(place.folder, instanceId) || !existsSync(place.folder);
      if (!mine) throw new GuestboardError('conflict', `The folder ${place.folder} belongs to another instance; it was left alone.`);
      withdrawIdentity(place.folder);
      const ended = await endGuestProcesses(place.folder, place.account?.uid ?? null, findAgent(places, place));
      if (!ended) throw new GuestboardError('step-failed', 'Some processes of the guest cannot be ended.', { detail: place.folder });
      rmSync(place.folder, { recursive: true, force: true, maxRetries: 5 });
      forgetAgent(places, place.name);
      forgetKeptPrograms(places, place.name);
      groups.remove(place.name);
      if (place.account !== undefined) await freeSharedMemory(place.account.uid);
      if (isolated) await removeAccount(instanceId);
    },
    async listIdle(instanceIds) {
      const guests = instanceIds
        .map((instanceId) => ({ instanceId, ...locate(instanceId) }))
        .filter(({ instanceId, folder }) => isLiving(folder, instanceId))
        .map(({ instanceId, folder, account }) => ({ instanceId, folder, uid: account?.uid ?? null }));
      return listIdleGuests(guests, places.guests).map(({ instanceId }) => instanceId);
    },
    measureRoom: async () => {
      const { bavail, bsize } = await statfs(places.guests);
      const available = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1] ?? '0';
      return { diskBytes: bavail * bsize, memoryBytes: Number(available) * 1024 };
    },
    async probe(instanceId) {
      const place = locate(instanceId);
      if (!ownsFolder(place.folder, instanceId)) return { folder: null, agentPid: null, processes: 0 };
      const agent = findAgent(places, place);
      const processes = listGuestProcesses(place.folder, place.account?.uid ?? null);
      // One that was started a moment ago may not have changed to its account yet.
      const isCounted = agent === null || processes.some(({ pid }) => pid === agent.pid);
      return { folder: place.folder, agentPid: agent?.pid ?? null, processes: processes.length + (isCounted ? 0 : 1) };
    },
  };
}
