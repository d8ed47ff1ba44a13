import type { Env, Hono } from 'hono';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Actor, may } from '#contract/may.ts';
import { isLoopback } from './config.ts';

export type HealthParts = {
  authenticate(headers: Headers): Promise<Actor | null>;
  /** Null when ready, else what is missing. */
  findUnready(): Promise<string | null>;
  /** Present figures by name, in camel case; a name that ends with Total only ever grows. */
  readFigures(): Promise<Record<string, number>>;
};

/** What machines ask: alive, ready, figures. Off loopback the figures need an operator's token. */
export function addHealth<E extends Env>(app: Hono<E>, parts: HealthParts): void {
  const registry = new Registry();
  const figures = new Map<string, Gauge | Counter>();
  collectDefaultMetrics({ register: registry, prefix: 'guestboard_' });

  function record(name: string, value: number) {
    const metric = figures.get(name) ?? createMetric(name, registry);
    figures.set(name, metric);
    if (metric instanceof Gauge) return metric.set(value);
    metric.reset();
    metric.inc(value);
  }

  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', async (context) => {
    const missing = await parts.findUnready().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    return missing === null ? context.text('ready\n') : context.text(`${missing}\n`, 503);
  });
  app.get('/metrics', async (context) => {
    const isLocal = isLoopback(context.req.header('x-real-ip') ?? '');
    if (!isLocal && !may(await parts.authenticate(context.req.raw.headers), 'system.read', null))
      return context.text('Send an operator’s token.\n', 401);
    for (const [name, value] of Object.entries(await parts.readFigures())) record(name, value);
    return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
  });
}

function createMetric(camelName: string, registry: Registry): Gauge | Counter {
  const words = camelName.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const shape = { name: `guestboard_${words}`, help: `Guestboard: ${words.replaceAll('_', ' ')}.`, registers: [registry] };
  return camelName.endsWith('Total') ? new Counter(shape) : new Gauge(shape);
}
