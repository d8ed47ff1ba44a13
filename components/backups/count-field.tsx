import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';

export type CountFieldProps = { label: string; hint: string; error: string | null; value: string; onChange(value: string): void };

/** A whole number that is typed, or nothing. */
export function CountField({ label, hint, error, value, onChange }: CountFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => <Input {...control} mono inputMode="numeric" value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}
