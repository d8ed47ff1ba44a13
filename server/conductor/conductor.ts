import { EventEmitter } from 'node:events';
import { toFault } from '#contract/errors.ts';
import { mustArrive, Report } from '#contract/guest/reports.ts';
import type { LogBatch } from '#contract/live.ts';
import type { Pulse } from '#contract/resources/sample.ts';
import type { ConnectedGuest, ControlBus } from '#drivers/bus/bus.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { createArchiveWriter } from './archive-writer.ts';
import { createBeatWriter } from './beat-writer.ts';
import { createOrder } from './order.ts';

export type ConductorOptions = { store: Store; bus: ControlBus; log: Log; replicaId: string; now?: () => number };
export type Conductor = ReturnType<typeof createConductor>;
/** What passes through without being kept: for `live/`. */
export type ConductorEvents = { pulse: [Pulse]; 'log-lines': [LogBatch & { instanceId: string; name: string }] };

/** Writes down what guests report. A report is acknowledged when it is in the database, so that none that must arrive is lost. */
export function createConductor({ store, bus, log, replicaId, now = Date.now }: ConductorOptions) {
  const volatile = new EventEmitter<ConductorEvents>();
  const order = createOrder();
  const beats = createBeatWriter({ store, log, now, heardAgain: (ids) => void tellHeardAgain(ids) });
  const archives = createArchiveWriter({ store, log });
  const projects = new Map<string, Promise<string | null>>();
  const counters = { received: 0, droppedLate: 0, droppedMalformed: 0, events: 0, ended: 0 };

  async function receive(guest: ConnectedGuest, input: unknown): Promise<void> {
    counters.received += 1;
    const parsed = Report.safeParse(input);
    if (!parsed.success || parsed.data.instanceId !== guest.instanceId) {
      // Acknowledged all the same: sent again it would be no better.
      counters.droppedMalformed += 1;
      log.warn({ instance: guest.instanceId, issue: parsed.error?.issues[0] }, 'A report could not be read and was dropped.');
      return;
    }
    const report = parsed.data;
    if (mustArrive(report)) return keep(report);
    if (!order.isNewer(report)) {
      counters.droppedLate += 1;
      return;
    }
    pass(report);
  }

  /** Reports that come again until they are acknowledged: written down once, whatever their place in the order. */
  async function keep({ instanceId, bootId, sequence, body }: Report): Promise<void> {
    if (body.type === 'event') {
      const projectId = await findProject(instanceId);
      if (projectId === null) return;
      const { eventId, code, tone, sentence, detail, atMs } = body;
      const origin = eventId === undefined ? `${bootId}/${sequence}` : `${instanceId}/${eventId}`;
      const event = { projectId, instanceId, code, tone, sentence, detail, at: new Date(atMs), origin };
      await store.transact((tx) => store.events.record(tx, event));
      counters.events += 1;
    }
    if (body.type === 'command-ended') {
      const outcome = body.outcome.ok ? { ok: true as const, output: body.outcome.output } : body.outcome;
      if (await store.commands.end(body.commandId, outcome, instanceId)) counters.ended += 1;
      else counters.droppedLate += 1;
    }
  }

  function pass({ instanceId, bootId, bootedAtMs, sequence, sentAtMs, body }: Report): void {
    switch (body.type) {
      case 'heartbeat':
        volatile.emit('pulse', { instanceId, sequence, seenAtMs: now(), sentAtMs, sample: body.sample });
        beats.add({ instanceId, bootId, bootedAtMs, sequence, facts: body.facts, sample: body.sample });
        return;
      case 'command-progress':
        store.executions.recordProgress(instanceId, body.commandId, body).catch(tell('Progress of a command was not written down.'));
        return;
      case 'archive':
        archives.add(instanceId, body);
        return;
      case 'log-lines':
        volatile.emit('log-lines', {
          instanceId,
          followId: body.followId,
          name: body.name,
          lines: body.lines,
          droppedLines: body.droppedLines,
        });
        return;
      default:
    }
  }

  async function tellHeardAgain(ids: readonly string[]): Promise<void> {
    for (const instanceId of ids) {
      const projectId = await findProject(instanceId).catch(() => null);
      if (projectId === null) continue;
      const event = {
        projectId,
        instanceId,
        code: 'agent-heard',
        tone: 'good' as const,
        sentence: 'The agent is heard again.',
        detail: null,
      };
      await store
        .transact((tx) => store.events.record(tx, { ...event, at: new Date(now()) }))
        .catch(tell('That an agent is back was not written down.'));
    }
  }

  function findProject(instanceId: string): Promise<string | null> {
    const known =
      projects.get(instanceId) ?? store.instances.findForControlPlane(instanceId).then((instance) => instance?.projectId ?? null);
    projects.set(instanceId, known);
    known.then(
      (projectId) => projectId === null && projects.delete(instanceId),
      () => projects.delete(instanceId),
    );
    return known;
  }

  const tell = (sentence: string) => (error: unknown) => log.warn({ fault: toFault(error) }, sentence);

  bus.onReport(receive);
  bus.onPresence(({ state, guest }) => {
    if (state === 'disconnected') return order.forget(guest.instanceId);
    const { agentVersion, protocol: protocolVersion, clockSkewMs } = guest;
    store.guests
      .writePresence(guest.instanceId, { agentVersion, protocolVersion, clockSkewMs, heldBy: replicaId })
      .catch(tell('An agent’s connection was not written down.'));
  });

  return {
    volatile,
    /** Marks guests that have gone silent. Beats in hand are written first, so that a slow database is not taken for silence. */
    async sweepSilent() {
      await beats.flush();
      const silent = await store.guests.sweepSilent();
      for (const { id: instanceId, projectId, seenAt } of silent) {
        const sentence = `The agent has been silent since ${seenAt.toISOString()}. The database may well be running; the agent is being started again.`;
        const event = { projectId, instanceId, code: 'agent-silent', tone: 'attention' as const, sentence, detail: null, at: seenAt };
        await store.transact((tx) => store.events.record(tx, { ...event, origin: `silent/${instanceId}/${seenAt.getTime()}` }));
      }
      return silent;
    },
    counters: () => ({ ...counters, ...beats.counters() }),
    async close() {
      await beats.close();
      await archives.close();
      volatile.removeAllListeners();
    },
  };
}
