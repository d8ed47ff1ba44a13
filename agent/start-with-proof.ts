import { GuestboardError } from '#contract/errors.ts';
import type { EngineHost } from './engine.ts';
import type { EngineSettings } from './engine-settings.ts';

type Parameters = EngineSettings['parameters'];

/** How one engine starts, and what it does with its parameters. */
export type Proof = {
  title: string;
  /** True when it had to be started. */
  start(): Promise<boolean>;
  getParameters(): Promise<Pick<EngineSettings, 'parameters' | 'provenParameters'>>;
  /** Remembers these as the tenant's and writes the server's configuration anew. */
  goBackTo(parameters: Parameters): Promise<unknown>;
};

/**
 * Parameters may be right one by one and still be too much for this host: then the server runs with those it last started with, and it
 * says so. Answers whether it had to be started; what it runs with is proven then.
 */
export async function startWithProof(engine: Proof, host: Pick<EngineHost, 'event'>, signal: AbortSignal): Promise<boolean> {
  try {
    return await engine.start();
  } catch (error) {
    const { parameters, provenParameters } = await engine.getParameters();
    const changed = findChanged(parameters, provenParameters);
    if (signal.aborted || changed.length === 0) throw error;
    await engine.goBackTo(provenParameters);
    const started = await engine.start();
    host.event({
      code: 'configuration-rolled-back',
      tone: 'attention',
      sentence: `${engine.title} did not start with the changed parameters (${changed.join(', ')}). It runs with the earlier ones.`,
      ...(error instanceof GuestboardError && error.detail !== undefined ? { detail: error.detail } : {}),
    });
    return started;
  }
}

/** Names whose values differ. */
export function findChanged(left: Parameters, right: Parameters): string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((name) => left[name] !== right[name]);
}
