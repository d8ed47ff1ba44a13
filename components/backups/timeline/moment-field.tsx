import { useState } from 'react';
import { zoneName } from '#client/format.ts';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { formatMoment, parseMoment } from './moment-text.ts';

export type MomentFieldProps = {
  label: string;
  atMs: number;
  grainMs?: number | undefined;
  error?: string | undefined;
  onChange(atMs: number): void;
};

/** A moment as text, so that one can be pasted from a log; the zone it is read in stands beside it. */
export function MomentField({ label, atMs, grainMs = 1, error, onChange }: MomentFieldProps) {
  // What is being typed; null shows the moment itself.
  const [typed, setTyped] = useState<{ text: string; isLeft: boolean } | null>(null);
  const isWrong = typed?.isLeft === true && parseMoment(typed.text) === null;
  const leave = () => setTyped((now) => (now === null || parseMoment(now.text) !== null ? null : { ...now, isLeft: true }));
  return (
    <Field
      label={label}
      note={grainMs > 1 ? `${zoneName(atMs)}, whole seconds` : zoneName(atMs)}
      error={isWrong ? 'Write it as 2026-11-25 17:04:05, with Z at the end for UTC.' : error}
    >
      {(control) => (
        <Input
          {...control}
          mono
          value={typed?.text ?? (atMs === 0 ? '' : formatMoment(atMs))}
          onChange={({ target }) => {
            setTyped({ text: target.value, isLeft: false });
            const parsed = parseMoment(target.value);
            if (parsed !== null && parsed > 0) onChange(parsed);
          }}
          onBlur={leave}
          onKeyDown={({ key }) => key === 'Enter' && leave()}
        />
      )}
    </Field>
  );
}
