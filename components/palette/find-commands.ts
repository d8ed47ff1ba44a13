import type { Browser } from '#client/browser.ts';
import { toOperationFacts } from '#client/operation-facts.ts';
import { isOffered } from '#components/operations/actions-menu.tsx';
import { explainRefusal } from '#components/operations/use-refusal.ts';
import type { Actor } from '#contract/actor.ts';
import { getOperation, type OperationName, operations } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { explainDenial } from '#contract/rights.ts';

export type OperationCommand = { name: OperationName; instance: Instance; title: string; refusal: string | null };
export type Seen = { browser: Browser; actor: Actor; instances: readonly Instance[]; running: readonly Operation[]; nowMs: number };

const most = 12;

/** Instances whose name holds every word; a word at the beginning counts more. */
export function findInstances(words: readonly string[], instances: readonly Instance[]): Instance[] {
  if (words.length === 0) return [];
  return instances
    .filter((instance) => words.every((word) => instance.name.includes(word) || instance.id.startsWith(word)))
    .sort((a, b) => Number(b.name.startsWith(words[0] ?? '')) - Number(a.name.startsWith(words[0] ?? '')) || a.name.localeCompare(b.name))
    .slice(0, 8);
}

/** "restart ord" finds Restart orders-db: each word must be in the operation's title or the instance's name, both must be meant. */
export function findOperations(words: readonly string[], here: Instance | null, seen: Seen): OperationCommand[] {
  const found: OperationCommand[] = [];
  const names = (Object.keys(operations) as OperationName[]).filter((name) => getOperation(name).subject === 'instance');
  for (const name of names) {
    const title = getOperation(name).title.toLowerCase();
    const left = words.filter((word) => !title.includes(word));
    if (words.length > 0 && left.length === words.length && here === null) continue;
    const candidates = left.length === 0 ? (here === null ? (words.length === 0 ? [] : seen.instances) : [here]) : seen.instances;
    for (const instance of candidates) {
      if (!left.every((word) => instance.name.includes(word)) || (left.length === words.length && instance !== here)) continue;
      const command = toCommand(name, instance, seen);
      if (command !== null) found.push(command);
      if (found.length >= most * 3) break;
    }
  }
  return found.sort((a, b) => Number(a.refusal !== null) - Number(b.refusal !== null)).slice(0, most);
}

/** What the role may never start is not offered; what the state forbids now is shown with the reason. */
function toCommand(name: OperationName, instance: Instance, seen: Seen): OperationCommand | null {
  const definition = getOperation(name);
  if (!isOffered(name, instance, seen.actor.operator)) return null;
  if (explainDenial(seen.actor, definition.action, { projectId: instance.projectId }) !== null) return null;
  const facts = toOperationFacts(seen.browser, { ...seen, instance, projectId: instance.projectId });
  return { name, instance, title: `${definition.title} ${instance.name}`, refusal: explainRefusal(name, facts, null, seen.nowMs) };
}
