import type { OperationName } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { firstProjectId, smallest, uniqueName } from '../instances.ts';
import { type Rest, RestError } from '../rest.ts';
import { pick, type Random } from './random.ts';

/** What may be asked of the instance whose rows are counted: nothing that takes its data away. */
const ofTheLedger: readonly OperationName[] = ['restart-instance', 'restart-instance', 'create-backup', 'stop-instance', 'rename-instance'];

/** Asks for something at random; answers the operation, or null when the product refused with a sentence or could not be reached. */
export async function askAtRandom(rest: Rest, random: Random, ledgerId: string): Promise<Operation | null> {
  try {
    const all = (await rest('listInstances', { query: { limit: 1000 } })).items;
    const ledger = all.find((instance) => instance.id === ledgerId);
    if (!ledger) throw new Error('The instance with the ledger is gone.');
    const others = all.filter((instance) => instance.name.startsWith('extra'));
    const roll = random();
    if (roll < 0.25 && others.length < 2) return await askForAnother(rest, ledger);
    if (roll < 0.45 && others.length > 0) return await askToDelete(rest, pick(random, others));
    const name = ledger.guest?.processState === 'running' ? pick(random, ofTheLedger) : 'start-instance';
    const input = name === 'create-backup' || name === 'rename-instance' ? { name: uniqueName('ledger') } : {};
    return await ask(rest, ledger, name, input);
  } catch (error) {
    if (error instanceof RestError && (error.status === 409 || error.status >= 500)) return null;
    if (error instanceof TypeError) return null;
    throw error;
  }
}

async function askForAnother(rest: Rest, like: Instance): Promise<Operation> {
  const input = { name: uniqueName('extra'), datastore: like.datastore, version: like.version, ...smallest };
  const started = await rest('createInstance', { body: { projectId: await firstProjectId(rest), input } });
  if (!('operation' in started)) throw new Error('Creating an instance answered a plan.');
  return started.operation;
}

async function askToDelete(rest: Rest, { id, name }: Instance): Promise<Operation> {
  return ask(rest, { id }, 'delete-instance', { confirmName: name });
}

async function ask(rest: Rest, { id }: Pick<Instance, 'id'>, name: OperationName, input: Record<string, unknown>): Promise<Operation> {
  const started = await rest('startOperation', { path: { instanceId: id }, body: { name, input } });
  if (!('operation' in started)) throw new Error(`${name} answered a plan.`);
  return started.operation;
}
