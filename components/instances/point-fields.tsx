import { useState } from 'react';
import { useRestoreWindow } from '#client/queries/restore-window.ts';
import { formatMoment, parseMoment } from '#components/backups/moment.ts';
import { Field, Input } from '#components/ui/field.tsx';
import { refusePoint } from '#contract/restore-window.ts';

type Props = { instanceId: string; name: string; atMs: number; onChange(atMs: number): void };

/** Which moment of an instance's past the new one is made from. */
export function PointFields({ instanceId, name, atMs, onChange }: Props) {
  const [text, setText] = useState(() => formatMoment(atMs, true));
  const window = useRestoreWindow(instanceId).data;
  const parsed = parseMoment(text);
  const refused = window === undefined || parsed === null ? null : refusePoint(window, parsed);
  return (
    <Field
      label={`Moment of ${name}, UTC`}
      hint="What was committed up to then is there, what came later is not."
      error={parsed === null ? 'Use YYYY-MM-DD HH:MM:SS.' : refused?.reason}
    >
      {(control) => (
        <Input
          {...control}
          mono
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            const next = parseMoment(event.target.value);
            if (next !== null) onChange(next);
          }}
        />
      )}
    </Field>
  );
}
