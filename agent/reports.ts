import { randomUUID } from 'node:crypto';
import { protocolVersions } from '#contract/guest/identity.ts';
import { mustArrive, type Report, type ReportBody } from '#contract/guest/reports.ts';
import type { GuestBus } from '#drivers/bus/bus.ts';
import type { EngineEvent } from './engine.ts';
import type { Outbox } from './outbox.ts';

export type Boot = { id: string; atMs: number };

export type Reporter = {
  /** Numbers and sends it. False when a volatile one was dropped for want of a connection. */
  report(body: ReportBody): boolean;
  event(event: EngineEvent): void;
  /** What earlier lives left unsaid, under this boot's numbers. Called once, when the agent starts. */
  reportLeftovers(): void;
};

type ReporterOptions = { instanceId: string; boot: Boot; bus: GuestBus; outbox: Outbox; now(): number };

/** Numbers every report of this boot, one up each; keeps those that must arrive until the conductor has them. */
export function createReporter({ instanceId, boot, bus, outbox, now }: ReporterOptions): Reporter {
  let sequence = 0;
  let protocol: number = protocolVersions[0];
  bus.onConnected((welcome) => {
    protocol = welcome.protocol;
  });
  bus.onAcknowledged((report) => outbox.forget(keyOf(report)));

  function keep(key: string, body: ReportBody): void {
    try {
      outbox.keep(key, body);
    } catch {
      outbox.forget(key);
    }
  }

  function report(body: ReportBody): boolean {
    const kept = mustArrive({ body });
    if (!kept && !bus.isConnected()) return false;
    sequence += 1;
    const numbered: Report = { protocol, instanceId, bootId: boot.id, bootedAtMs: boot.atMs, sequence, sentAtMs: now(), body };
    // Where the disk is full it outlives this agent no more, but is told.
    if (kept) keep(keyOf(numbered), body);
    return bus.cast(numbered);
  }

  return {
    report,
    event: ({ code, tone, sentence, detail, atMs }) =>
      void report({ type: 'event', eventId: randomUUID(), code, tone, sentence, atMs: atMs ?? now(), detail: detail ?? null }),
    reportLeftovers() {
      for (const body of outbox.takeLeftovers()) report(body);
    },
  };
}

/** Sorts as the reports were made. */
function keyOf({ bootedAtMs, sequence }: Report): string {
  return `${String(bootedAtMs).padStart(15, '0')}-${String(sequence).padStart(10, '0')}`;
}
