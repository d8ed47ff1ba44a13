import { useRef } from 'react';
import type { Health } from '#contract/health.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { useBrowser, useNow } from './browser.ts';
import { healthOf, isProblem, toneOrder } from './health.ts';
import { useInstances } from './queries/instances.ts';

export type ProblemInstance = { instance: Instance; health: Health };

/** Every instance a person should look at, worst first, looked over once a second; the same array while nothing changed. */
export function useProblems(): readonly ProblemInstance[] {
  const browser = useBrowser();
  const now = useNow(1000);
  const last = useRef<{ signature: string; problems: readonly ProblemInstance[] }>({ signature: '', problems: [] });
  const instances = useInstances().data?.items ?? [];
  const problems = instances
    .map((instance) => ({ instance, health: withProof(instance, healthOf(browser, instance, now)) }))
    .filter(({ health }) => isProblem(health))
    .sort((a, b) => toneOrder[a.health.tone] - toneOrder[b.health.tone] || a.instance.name.localeCompare(b.instance.name));
  const signature = problems.map(({ instance, health }) => `${instance.id} ${health.label}`).join('\n');
  if (signature !== last.current.signature) last.current = { signature, problems };
  return last.current.problems;
}

/** A database that is well but could not be brought back is a problem nobody would see. */
function withProof({ lastProof }: Instance, health: Health): Health {
  if (isProblem(health) || lastProof?.state !== 'failed') return health;
  return { ...health, tone: 'broken', label: 'Proof of restore failed' };
}
