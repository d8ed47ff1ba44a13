'use client';
import { useState } from 'react';
import { useExtensionChanges } from '#client/queries/extensions.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import type { Extension } from '#contract/resources/extension.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { Tick } from './tick.tsx';

type Props = { instance: Instance; database: string; extension: Extension; onDone(): void };

/** Refused while anything depends on it; letting that go, too, takes a tick and the typed name. */
export function DropExtensionDialog({ instance, database, extension, onDone }: Props) {
  const { drop } = useExtensionChanges(instance.id, database);
  const [cascade, setCascade] = useState(false);
  return (
    <ConfirmDialog
      open
      onOpenChange={onDone}
      title={`Drop ${extension.name} in ${database}`}
      verb={`Drop ${extension.name}`}
      {...(cascade ? { typed: extension.name } : {})}
      goes={
        cascade
          ? [
              'Its types, functions and operators.',
              'Every column, index, view and function that uses them, with the data in those columns.',
            ]
          : ['Its types, functions and operators. Refused while anything in the database uses them.']
      }
      stays={['Everything that does not use it, and other databases.']}
      run={() => drop.mutateAsync({ name: extension.name, cascade })}
    >
      <Tick checked={cascade} onChange={setCascade}>
        Drop what depends on it, too
      </Tick>
    </ConfirmDialog>
  );
}
