import * as z from 'zod';
import { DatabaseName } from './names.ts';

/** What a user may do in one database, least first. What each means in an engine, its definition says. */
export const GrantLevel = z.enum(['read-only', 'read-write', 'full']);
export type GrantLevel = z.infer<typeof GrantLevel>;

export const grantLevelTitles: Readonly<Record<GrantLevel, string>> = {
  'read-only': 'Read only',
  'read-write': 'Read and write',
  full: 'Full',
};

/** A database by its name alone is granted in full. Where a datastore has presets, one of those by its key. */
export const Grant = z.union([DatabaseName, z.object({ database: DatabaseName, level: GrantLevel })]);
export type Grant = z.infer<typeof Grant>;
/** A server tries each new one against all before it. */
export const Grants = z.array(Grant).max(500, 'A user has at most 500 of these.');

/** What is granted on each database; of several grants on one the highest counts. */
export function toLevels(grants: readonly Grant[]): Map<string, GrantLevel> {
  const levels = new Map<string, GrantLevel>();
  for (const grant of grants) {
    const { database, level } = typeof grant === 'string' ? { database: grant, level: 'full' as const } : grant;
    const held = levels.get(database);
    if (held === undefined || rank(level) > rank(held)) levels.set(database, level);
  }
  return levels;
}

/** The shortest way to say it: the name alone where all is granted. */
export function toGrants(levels: ReadonlyMap<string, GrantLevel>): Grant[] {
  return [...levels].map(([database, level]) => (level === 'full' ? database : { database, level }));
}

/** Why a datastore without levels does not take these grants, as a sentence; null when it does. */
export function refuseLevels(title: string, grants: readonly Grant[]): string | null {
  return grants.some((grant) => typeof grant !== 'string') ? `${title} knows no rights for single databases, so no levels of them.` : null;
}

function rank(level: GrantLevel): number {
  return GrantLevel.options.indexOf(level);
}
