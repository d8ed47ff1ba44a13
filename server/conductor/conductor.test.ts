import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { healthyFacts } from '#contract/guest/healthy-facts.testsuite.ts';
import type { ReportBody } from '#contract/guest/reports.ts';
import type { GuestFacts } from '#contract/status.ts';
import type { ConnectedGuest, ControlBus } from '#drivers/bus/bus.ts';
import { createStore, type Store } from '../store/store.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from '../store/throw-away-database.testsuite.ts';
import { type Conductor, createConductor } from './conductor.ts';

let database: ThrowAwayDatabase;
let store: Store;
let conductor: Conductor;
let receive: (guest: ConnectedGuest, report: unknown) => Promise<void>;
let instanceId: string;

const facts: GuestFacts = { ...healthyFacts, version: '18.4', startedAtMs: 1, volumeUsedBytes: 1000 };

beforeAll(async () => {
  database = await startThrowAwayDatabase();
  store = createStore({ databaseUrl: database.url, keyFile: database.keyFile });
});
afterAll(async () => {
  await store?.close();
  await database?.stop();
});

beforeEach(async () => {
  instanceId = randomUUID();
  const size = { flavorId: 'gb.1g', volumeBytes: 2n ** 31n };
  const row = { id: instanceId, projectId: 'p', name: instanceId.slice(0, 8), datastore: 'postgresql', version: '18', ...size };
  await store.transact((tx) => store.instances.insert(tx, { ...row, host: '127.0.0.1', allowedCidrs: [] }));
  const bus = { onReport: (callback: typeof receive) => (receive = callback), onPresence: () => {} } as unknown as ControlBus;
  conductor = createConductor({ store, bus, log: pino({ level: 'silent' }), replicaId: 'r1' });
  return () => conductor.close();
});

const guest = (): ConnectedGuest => ({
  instanceId,
  bootId: 'b1',
  bootedAtMs: 1,
  agentVersion: '0.1.0',
  protocol: 1,
  clockSkewMs: 0,
  connectedAtMs: 0,
});
const report = (sequence: number, body: ReportBody, boot = { bootId: 'b1', bootedAtMs: 1 }) =>
  receive(guest(), { protocol: 1, instanceId, ...boot, sequence, sentAtMs: Date.now(), body });
const beat = (sequence: number, changed: Partial<GuestFacts> = {}, boot?: { bootId: string; bootedAtMs: number }) =>
  report(sequence, { type: 'heartbeat', facts: { ...facts, ...changed }, sample: null }, boot);

async function settled() {
  await conductor.sweepSilent();
  const [instance, boot] = await Promise.all([store.instances.findForControlPlane(instanceId), store.guests.readBoot(instanceId)]);
  return { instance, boot };
}

test('late and doubled beats are dropped and counted; the newest stands', async () => {
  await beat(1);
  await beat(3, { acceptsWrites: false });
  await beat(2);
  await beat(3);
  const { instance, boot } = await settled();
  expect(instance?.guest?.acceptsWrites).toBe(false);
  expect(boot?.sequence).toBe(3);
  expect(conductor.counters()).toMatchObject({ received: 4, droppedLate: 2, written: 2 });
});

test('a later boot begins again at one; its predecessor is no longer heard', async () => {
  await beat(900);
  await settled();
  await beat(1, { processState: 'crashed' }, { bootId: 'b2', bootedAtMs: 2 });
  await beat(901);
  const { instance, boot } = await settled();
  expect(instance?.guest?.processState).toBe('crashed');
  expect(boot).toEqual({ bootId: 'b2', bootedAtMs: 2, sequence: 1 });
});

test('what another replica has written is not written over by older news', async () => {
  await beat(5);
  await settled();
  const before = { bootId: 'b1', bootedAtMs: 1, ageMs: 0, isVisible: true };
  await store.guests.writeBeats([{ ...before, instanceId, sequence: 4, facts: { ...facts, processState: 'stopped' } }]);
  const { instance, boot } = await settled();
  expect(instance?.guest?.processState).toBe('running');
  expect(boot?.sequence).toBe(5);
});

test('only what a person can see raises the revision', async () => {
  await beat(1);
  const first = (await settled()).instance;
  for (let sequence = 2; sequence < 6; sequence += 1) await beat(sequence, { volumeUsedBytes: 1000 + sequence });
  const second = (await settled()).instance;
  expect(second?.revision).toBe(first?.revision);
  expect((await settled()).boot?.sequence).toBe(5);
  await beat(6, { acceptsLogins: false });
  expect((await settled()).instance?.revision).toBe((first?.revision ?? 0) + 1);
});

test('an event is written once, however often it comes', async () => {
  const body: ReportBody = { type: 'event', code: 'engine-crashed', tone: 'broken', sentence: 'It ended.', atMs: 5, detail: null };
  await report(7, body);
  await report(7, body);
  // As an agent tells it that does not know whether the one before it was heard.
  const told = { ...body, code: 'engine-adopted', eventId: randomUUID() };
  await report(8, told);
  await report(9, told);
  const { items } = await store.events.list(instanceId, { limit: 10 });
  expect(items.map(({ code }) => code)).toEqual(['engine-adopted', 'engine-crashed']);
});

test('what cannot be read, or speaks for another guest, is dropped and counted', async () => {
  await receive(guest(), { nonsense: true });
  await receive(
    { ...guest(), instanceId: randomUUID() },
    { protocol: 1, instanceId, bootId: 'b', bootedAtMs: 1, sequence: 1, sentAtMs: 1, body: {} },
  );
  expect(conductor.counters()).toMatchObject({ droppedMalformed: 2, written: 0 });
});

test('silence is announced once, and its end as well', async () => {
  await beat(1);
  await settled();
  await store.database.pool.query(`update guests set "seenAt" = now() - interval '4 seconds' where "instanceId" = $1`, [instanceId]);
  const before = (await store.instances.findForControlPlane(instanceId))?.revision ?? 0;
  expect(await conductor.sweepSilent()).toHaveLength(1);
  expect(await conductor.sweepSilent()).toHaveLength(0);
  await beat(2);
  expect((await settled()).instance?.revision).toBe(before + 2);
});

test('an outcome counts once, and only from the guest that was asked', async () => {
  const command = { id: 'c1', operation: null, instanceId, name: 'lifecycle.stop', input: {}, deadlineMs: Date.now() + 60_000 };
  await store.commands.put(command);
  const stranger = randomUUID();
  const body: ReportBody = { type: 'command-ended', commandId: 'c1', outcome: { ok: true, output: {} } };
  const envelope = { protocol: 1, bootId: 'x', bootedAtMs: 1, sequence: 1, sentAtMs: 1, body };
  await receive({ ...guest(), instanceId: stranger }, { ...envelope, instanceId: stranger });
  expect((await store.commands.find('c1'))?.state).toBe('queued');
  await report(8, body);
  await report(8, body);
  expect((await store.commands.find('c1'))?.outcome).toEqual({ ok: true, output: {} });
  expect(conductor.counters()).toMatchObject({ ended: 1 });
});

test('a guest found stopped on its host is not what its agent said last, until one is heard again', async () => {
  await beat(1);
  await settled();
  expect(await store.guests.writeStopped([instanceId])).toBe(1);
  expect(await store.guests.writeStopped([instanceId])).toBe(0);
  expect((await settled()).instance?.guest).toMatchObject({ processState: 'stopped', acceptsLogins: false, acceptsWrites: false });
  await beat(1, { startedAtMs: 2 }, { bootId: 'b2', bootedAtMs: 2 });
  expect((await settled()).instance?.guest?.processState).toBe('running');
});
