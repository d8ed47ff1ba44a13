import { parseArgs } from 'node:util';
import { type Config, toTrustedOrigins } from './config.ts';
import { createIdentity } from './identity/identity.ts';
import { createStore } from './store/store.ts';

/**
 * Short jobs beside a running server: `operator [--username operator]` sets and prints a new password, `token [--username operator]
 * [--name script] [--days 90]` makes and prints an API token. Both print nothing else on standard output.
 */
export async function runErrand(config: Config, errand: 'operator' | 'token', words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      username: { type: 'string', default: 'operator' },
      name: { type: 'string', default: 'script' },
      days: { type: 'string', default: '90' },
    },
  });
  const days = Number(values.days);
  if (!Number.isInteger(days) || days < 1 || days > 365) throw new Error('--days is a whole number from 1 to 365.');
  const store = createStore({ databaseUrl: config.databaseUrl, keyFile: config.keyFile });
  const tail = await store.changes.tail();
  try {
    const identity = createIdentity({
      store,
      tail,
      publicUrl: config.publicUrl,
      trustedOrigins: toTrustedOrigins(config),
      secure: config.publicUrl.startsWith('https:'),
    });
    const account = await store.accounts.findByUsername(values.username);
    if (!account)
      throw new Error(
        `There is no account named ${values.username}. The first operator is made when Guestboard starts for the first time.`,
      );
    const secret =
      errand === 'operator'
        ? await identity.resetPassword(account.accountId)
        : (await identity.createToken(account.accountId, values.name.slice(0, 60), days)).value;
    process.stdout.write(`${secret}\n`);
  } finally {
    await tail.close();
    await store.close();
  }
}
