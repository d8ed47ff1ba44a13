import type { Env, Hono } from 'hono';
import { Gauge, Registry } from 'prom-client';
import { type Actor, may } from '#contract/may.ts';
import { isLoopback } from './config.ts';

export type HealthParts = {
  authenticate(headers: Headers): Promise<Actor | null>;
  /** Null when ready, else what is missing. */
  findUnready(): Promise<string | null>;
  /** Present figures by metric name, without the guestboard_ prefix. */
  readFigures(): Promise<Record<string, number>>;
};

/** What machines ask: alive, ready, figures. Off loopback the figures need an operator's token. */
export function addHealth<E extends Env>(app: Hono<E>, parts: HealthParts): void {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();

  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', async (context) => {
    const missing = await parts.findUnready().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    return missing === null ? context.text('ready\n') : context.text(`${missing}\n`, 503);
  });
  app.get('/metrics', async (context) => {
    const isLocal = isLoopback(context.req.header('x-real-ip') ?? '');
    if (!isLocal && !may(await parts.authenticate(context.req.raw.headers), 'system.read', null))
      return context.text('Send an operator’s token.\n', 401);
    for (const [name, value] of Object.entries(await parts.readFigures())) {
      const gauge = gauges.get(name) ?? new Gauge({ name: `guestboard_${name}`, help: toHelp(name), registers: [registry] });
      gauges.set(name, gauge);
      gauge.set(value);
    }
    return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
  });
}

function toHelp(name: string): string {
  return `Guestboard: ${name.replaceAll('_', ' ')}.`;
}
