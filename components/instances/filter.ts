import { isProblem } from '#client/health.ts';
import { datastores } from '#contract/datastores/definitions.ts';
import type { Health } from '#contract/health.ts';
import type { Instance } from '#contract/resources/instance.ts';

/** A row as filters and sorting see it. */
export type Seen = { instance: Instance; health: Health; projectName: string };
type Term = { field: string | null; word: string; not: boolean };

/** "state:!healthy engine:<datastore> orders": words are searched in the name; `field:value` narrows, `field:!value` excludes. */
export function parseFilter(text: string): Term[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((token) => {
      const [, field, not, word] = /^([a-z]+):(!?)(.*)$/.exec(token) ?? [];
      return field === undefined ? { field: null, word: token, not: false } : { field, word: word ?? '', not: not === '!' };
    });
}

export function matches(terms: readonly Term[], seen: Seen): boolean {
  return terms.every((term) => term.word === '' || holds(term, seen) !== term.not);
}

function holds({ field, word }: Term, { instance, health, projectName }: Seen): boolean {
  switch (field) {
    case null:
      return instance.name.includes(word) || instance.id.startsWith(word);
    case 'state':
      return health.tone.startsWith(word) || health.label.toLowerCase().replaceAll(' ', '-').startsWith(word);
    case 'engine':
      return (
        instance.datastore.startsWith(word) || `${datastores[instance.datastore].title} ${instance.version}`.toLowerCase().includes(word)
      );
    case 'role':
      return instance.role.startsWith(word);
    case 'project':
      return projectName.startsWith(word);
    case 'is':
      return word === 'problem' ? isProblem(health) : word === 'busy' ? instance.operationId !== null : instance.role === word;
    default:
      return false;
  }
}
