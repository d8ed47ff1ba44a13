import { type OperationName, operations } from '#contract/operations/index.ts';

export type Place = 'before' | 'between' | 'after';
export type Kill = { operation: OperationName; step: string; place: Place };
/** What a kill is tried on: the base instance, or one made for it. `through`: one operation is killed again and again, at one place after another. */
export type Round = { kind: 'base'; through?: true; kills: Kill[] } | { kind: 'guest'; copies: boolean; kills: Kill[] };

const places: readonly Place[] = ['before', 'between', 'after'];

function listKills(operation: OperationName): Kill[] {
  return operations[operation].steps.flatMap((step) => places.map((place) => ({ operation, step, place })));
}

/**
 * Operations that take long: one of each goes through some of its places, others with every seed, or through all where that is asked for.
 * Behind one step is before the next: that is one place.
 */
export const through: readonly OperationName[] = [
  'prove-backup',
  'restore-in-place',
  'settle-restore',
  'upgrade-version',
  'clone-instance',
];

export function listPlaces(operation: OperationName): Kill[] {
  const all = listKills(operation);
  return through.includes(operation) ? all.filter(({ place }, at) => at === 0 || place !== 'before') : all;
}

/**
 * Every step of every operation of the registry at all three places, in rounds that leave behind what the next one needs: an instance is made,
 * copied, promoted, detached and deleted; the base is stopped, started and changed in between. The order is the seed's.
 */
export function listRounds(seed: number): Round[] {
  const shuffle = shuffler(seed);
  const creations = shuffle(listKills('create-instance'));
  const dismissals = listKills('delete-instance').filter(({ step }) => step === 'dismiss-replica');
  const removals = shuffle([
    ...listKills('delete-instance').filter(({ step }) => step !== 'dismiss-replica'),
    ...listKills('force-delete-instance'),
  ]);
  const detachings = shuffle(listKills('detach-replica'));
  const promotions = shuffle(listKills('promote-replica'));
  const guests: Round[] = [];
  let free = detachings.length + dismissals.length - creations.filter(({ step }) => step === 'admit-replica').length;
  for (const creation of creations) {
    const copies = creation.step === 'admit-replica' || (creation.step !== 'create-accounts' && free-- > 0);
    const kills = [creation];
    if (copies) kills.push(...promotions.splice(0, 1));
    if (copies && detachings.length === 0) kills.push(...dismissals.splice(0, 1));
    else if (copies) kills.push(...detachings.splice(0, 1), ...removals.splice(0, 1));
    else kills.push(...removals.splice(0, 1));
    guests.push({ kind: 'guest', copies, kills });
  }
  const base = (Object.keys(operations) as OperationName[]).filter(
    (name) =>
      !['create-instance', 'delete-instance', 'force-delete-instance', 'detach-replica', 'promote-replica', ...through].includes(name),
  );
  const pairs: Partial<Record<OperationName, OperationName>> = { 'start-instance': 'stop-instance', 'delete-backup': 'create-backup' };
  const rounds: Round[] = base
    .filter((name) => !Object.values(pairs).includes(name))
    .map((name) => ({ kind: 'base', kills: [...(pairs[name] ? listKills(pairs[name]) : []), ...listKills(name)] }));
  const choosePlaces = (name: OperationName) => {
    const places = listPlaces(name);
    if (process.env.GUESTBOARD_KILL_EVERYWHERE !== undefined) return places;
    const chosen = shuffle(places).slice(0, 3);
    return places.filter((kill) => chosen.includes(kill));
  };
  const long: Round[] = through.map((name) => ({ kind: 'base', through: true, kills: choosePlaces(name) }));
  return shuffle([...guests, ...rounds, ...long]);
}

/** Small and repeatable (mulberry32): a printed seed gives the same order again. */
function shuffler(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return <T>(list: readonly T[]): T[] =>
    list
      .map((item) => ({ item, key: next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
}
