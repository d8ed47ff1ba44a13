import { zoneName } from '#client/format.ts';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { formatMoment, parseMoment } from './moment-text.ts';

/** What stands in the field while it is not the moment itself; left, it is told when it cannot be read. */
export type TypedMoment = { text: string; isLeft: boolean };

export type MomentFieldProps = {
  label: string;
  atMs: number;
  typed: TypedMoment | null;
  grainMs?: number | undefined;
  error?: string | undefined;
  /** What was typed is a moment. */
  onChange(atMs: number): void;
  /** Follows `onChange`. */
  onType(typed: TypedMoment | null): void;
};

export const howToWrite = 'Write it as 2026-11-25 17:04:05, with Z at the end for UTC.';

/** A moment as text, so that one can be pasted from a log; the zone it is read in stands beside it. */
export function MomentField({ label, atMs, typed, grainMs = 1, error, onChange, onType }: MomentFieldProps) {
  const leave = () => onType(typed !== null && isUnread(typed) ? { ...typed, isLeft: true } : null);
  const typedError = typed?.isLeft ? howToWrite : undefined;
  return (
    <Field
      label={label}
      note={grainMs > 1 ? `${zoneName(atMs)}, whole seconds` : zoneName(atMs)}
      error={isUnread(typed) ? typedError : error}
    >
      {(control) => (
        <Input
          {...control}
          mono
          value={typed?.text ?? (atMs === 0 ? '' : formatMoment(atMs))}
          onChange={({ target }) => {
            const moment = readMoment(target.value);
            if (moment !== null) onChange(moment);
            onType({ text: target.value, isLeft: false });
          }}
          onBlur={leave}
          onKeyDown={({ key }) => key === 'Enter' && leave()}
        />
      )}
    </Field>
  );
}

/** No moment can be made of what stands in the field: whoever reads the page does not mean the one before. */
export function isUnread(typed: TypedMoment | null): boolean {
  return typed !== null && readMoment(typed.text) === null;
}

function readMoment(text: string): number | null {
  const parsed = parseMoment(text);
  return parsed !== null && parsed > 0 ? parsed : null;
}
