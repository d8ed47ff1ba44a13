import { useInstances } from '#client/queries/instances.ts';
import { sayTaken } from '#contract/taken-name.ts';
import type { Intent } from './desk.tsx';

/** Why an instance cannot be called what is typed: another one of its project is. Null for what names no instance. */
export function useTakenName({ name, instance, projectId }: Intent, typed: unknown): string | null {
  const instances = useInstances().data?.items ?? [];
  if (name !== 'clone-instance' && name !== 'rename-instance') return null;
  const isTaken = instances.some((other) => other.id !== instance?.id && other.projectId === projectId && other.name === typed);
  return isTaken ? sayTaken('an instance', String(typed)) : null;
}
