import { withClient } from './connections.ts';
import { adminUser, oursPattern, type Place } from './place.ts';
import { quoteText } from './sql.ts';

const lookMs = 2000;
const patienceSeconds = 5;
const mostSeconds = 60;

/**
 * Whoever holds tables by LOCK TABLES and does nothing keeps a copy from beginning for ever, and while that waits every change of tables or
 * accounts, ours too, waits behind it. So those that have been idle that long are ended, and after a minute everybody but who was busy before the
 * copy came: a change of a table that takes hours is waited for. Call what it answers when the copy is over.
 */
export function keepCopyGoing(place: Place): () => void {
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    endWhoHoldsUp(place)
      .catch(() => {})
      .finally(() => {
        looking = false;
      });
  }, lookMs);
  return () => clearInterval(timer);
}

async function endWhoHoldsUp(place: Place): Promise<void> {
  await withClient(place, {}, async (client) => {
    const [row] = await client.query<{ seconds: number | null }>(
      `SELECT MAX(TIME) AS seconds FROM information_schema.PROCESSLIST WHERE USER = ${quoteText(adminUser())} AND STATE = 'Waiting for backup lock'`,
    );
    const seconds = Number(row?.seconds ?? 0);
    if (seconds < patienceSeconds) return;
    const others = seconds < mostSeconds ? '' : `OR COMMAND = 'Sleep' OR TIME < ${seconds}`;
    const { ofTenants, end } = client.dialect.connections;
    const holders = await client.query<{ id: number }>(
      `${ofTenants} AND USER NOT LIKE '${oursPattern}' AND (COMMAND = 'Sleep' AND TIME >= ${patienceSeconds} ${others})`,
    );
    for (const { id } of holders) await client.query(end(Number(id))).catch(() => {});
  });
}
