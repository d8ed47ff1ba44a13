import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Store } from '../store/store.ts';
import { type createPeople, generatePassword } from './people.ts';

/** At the first start: the operator, its password in a 0600 file for the launcher to print, and the first project. Safe beside another replica's first start. */
export async function createFirstOperator(store: Store, people: ReturnType<typeof createPeople>, data: string): Promise<boolean> {
  return store.database.transactSql(async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtext('guestboard first operator'))`);
    if (await store.accounts.hasOperator()) return false;
    const password = generatePassword();
    mkdirSync(data, { recursive: true });
    // The file comes first: an operator whose password nobody knows would be worse than a file too many.
    writeFileSync(path.join(data, 'operator-password'), `${password}\n`, { mode: 0o600 });
    const accountId = await people.createAccount({ username: 'operator', name: 'Operator', password, operator: true });
    if (!(await store.projects.exists())) {
      await store.transact(async (tx) => {
        const projectId = await store.projects.insert(tx, { name: 'default', title: 'Default project' });
        await store.members.add(tx, projectId, accountId, 'admin');
      });
    }
    return true;
  });
}
