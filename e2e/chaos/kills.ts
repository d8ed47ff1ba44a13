import { findAgent, findPostmaster, killHard, listGuests } from '../processes.ts';
import { killServer, type Product, startProduct } from '../product.ts';
import { pick, type Random } from './random.ts';

export type Victim = 'server' | 'agent' | 'engine';

/** kill -9 of something at random; the server is started again at once, as whoever watches it would. Answers what was killed, if anything ran. */
export async function killAtRandom(product: Product, random: Random): Promise<Victim | null> {
  const victim = pick<Victim>(random, ['server', 'agent', 'engine']);
  if (victim === 'server') {
    await killServer(product);
    await startProduct(product);
    return victim;
  }
  const guests = listGuests(product.data);
  if (guests.length === 0) return null;
  const guest = pick(random, guests);
  const target = victim === 'agent' ? findAgent(guest) : findPostmaster(guest);
  if (target === null) return null;
  await killHard(target).catch(() => {});
  return victim;
}
