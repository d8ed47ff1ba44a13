import { type OperationName, operations } from '#contract/operations/index.ts';

export type Place = 'before' | 'between' | 'after';
export type Kill = { operation: OperationName; step: string; place: Place };
/** One operation that is carried on by one server after another, each killed a little further on. */
export type Pass = { operation: OperationName; kills: Kill[] };
/** What the passes are tried on, one after another: the base instance, or one that the first pass makes, empty or as a copy of the base. */
export type Round = { kind: 'base' | 'empty' | 'copy'; passes: Pass[] };

const places: readonly Place[] = ['before', 'between', 'after'];

/** These take long: each is killed at three of its places, others with every seed, or at all where that is asked for. */
const long: readonly OperationName[] = ['prove-backup', 'restore-in-place', 'settle-restore', 'upgrade-version', 'clone-instance'];
/** Played right behind another, which leaves behind what they need. */
const followers: Partial<Record<OperationName, OperationName>> = { 'stop-instance': 'start-instance', 'create-backup': 'delete-backup' };

/** All places of an operation. Of a long one, behind a step and before the next is one. */
export function listPlaces(operation: OperationName): Kill[] {
  const all = operations[operation].steps.flatMap((step) => places.map((place) => ({ operation, step, place })));
  return long.includes(operation) ? all.filter(({ place }, at) => at === 0 || place !== 'before') : all;
}

/** Every step of every operation of the registry at all its places. The order, and which places of long ones, is the seed's. */
export function listRounds(seed: number): Round[] {
  const shuffle = shuffler(seed);
  const isChosen = process.env.GUESTBOARD_KILL_EVERYWHERE === undefined;
  const toPass = (operation: OperationName, ...without: string[]): Pass => {
    const all = listPlaces(operation).filter(({ step }) => !without.includes(step));
    const chosen = isChosen && long.includes(operation) ? shuffle(all).slice(0, 3) : all;
    return { operation, kills: all.filter((kill) => chosen.includes(kill)) };
  };
  const guests: Round[] = [
    { kind: 'empty', passes: [toPass('create-instance', 'admit-replica'), toPass('force-delete-instance')] },
    { kind: 'copy', passes: [toPass('create-instance', 'create-accounts'), toPass('promote-replica'), toPass('detach-replica')] },
    { kind: 'copy', passes: [{ operation: 'create-instance', kills: [] }, toPass('delete-instance')] },
  ];
  const played = new Set([...guests.flatMap(({ passes }) => passes.map(({ operation }) => operation)), ...Object.values(followers)]);
  const bases = (Object.keys(operations) as OperationName[])
    .filter((operation) => !played.has(operation))
    .map((operation): Round => {
      const follower = followers[operation];
      return { kind: 'base', passes: [toPass(operation), ...(follower ? [toPass(follower)] : [])] };
    });
  return shuffle([...guests, ...bases]);
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
