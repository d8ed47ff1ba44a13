import { Select } from '#components/ui/field.tsx';
import { GrantLevel, grantLevelTitles } from '#contract/grants.ts';

type Props = {
  label: string;
  level: GrantLevel | undefined;
  onChange(level: GrantLevel | undefined): void;
  disabled?: boolean;
  className?: string;
};

/** What a user may do in one database: nothing, or one of the levels. */
export function LevelSelect({ label, level, onChange, disabled, className }: Props) {
  return (
    <Select
      aria-label={label}
      aria-disabled={disabled || undefined}
      className={`aria-disabled:opacity-50 ${level === undefined ? 'text-faint!' : ''} ${className ?? ''}`}
      value={level ?? ''}
      onChange={(event) => onChange(GrantLevel.options.find((option) => option === event.target.value))}
    >
      <option value="">No access</option>
      {GrantLevel.options.map((option) => (
        <option key={option} value={option}>
          {grantLevelTitles[option]}
        </option>
      ))}
    </Select>
  );
}
