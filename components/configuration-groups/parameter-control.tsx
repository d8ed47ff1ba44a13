import { formatNumber } from '#client/format.ts';
import { Select } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { ParameterDefinition } from '#contract/datastores/datastore.ts';

type Props = {
  id: string;
  label: string;
  parameter: ParameterDefinition;
  value: string;
  wrong: boolean;
  describedBy: string;
  onChange(value: string): void;
};

/** The control a parameter's type asks for. */
export function ParameterControl({ id, label, parameter, value, wrong, describedBy, onChange }: Props) {
  const control = { id, 'aria-label': label, 'aria-invalid': wrong || undefined, 'aria-describedby': describedBy };
  if (parameter.type === 'boolean' || parameter.type === 'enum') {
    const options =
      parameter.type === 'boolean'
        ? [['true', 'on'] as const, ['false', 'off'] as const]
        : (parameter.values ?? []).map((word) => [word, word] as const);
    return (
      <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, title]) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </Select>
    );
  }
  return (
    <span className="relative block">
      <Input
        {...control}
        mono
        inputMode={parameter.type === 'string' ? 'text' : 'decimal'}
        className={parameter.unit === undefined ? '' : 'pr-11'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {parameter.unit !== undefined && (
        <span className="num pointer-events-none absolute inset-y-0 right-2.5 flex items-center text-12 text-faint">{parameter.unit}</span>
      )}
    </span>
  );
}

/** What values it takes, in a few words. */
export function describeRange({ type, min, max }: ParameterDefinition): string {
  if (type === 'string') return 'text';
  if (type === 'boolean') return 'on or off';
  if (type === 'enum') return 'one of a list';
  const kind = type === 'integer' ? 'whole number' : 'number';
  return min === undefined || max === undefined ? kind : `${formatNumber(min)} to ${max >= 1e6 ? formatLarge(max) : formatNumber(max)}`;
}

function formatLarge(value: number): string {
  return value >= 1e9 ? `${formatNumber(value / 1e9, 1)} billion` : `${formatNumber(value / 1e6, 1)} million`;
}
