import * as z from 'zod';
import { Id } from '../names.ts';

/** Where a new full backup goes: to the project's default of that moment, the local directory, or a storage target by its id. */
export const StorageChoice = z.union([z.enum(['default', 'local']), Id], {
  error: 'Use default, local, or the id of one of the project’s storage targets.',
});
export type StorageChoice = z.infer<typeof StorageChoice>;

/** The target that is chosen by its id; null where none is. */
export function toTargetId(choice: StorageChoice): string | null {
  return choice === 'default' || choice === 'local' ? null : choice;
}

/** Whether what lies there may be added to: an increment lies beside what it adds to. Who leaves it to the project goes on anywhere. */
export function allowsPlace(choice: StorageChoice, { storageTargetId }: { storageTargetId: string | null }): boolean {
  return choice === 'default' || toTargetId(choice) === storageTargetId;
}
