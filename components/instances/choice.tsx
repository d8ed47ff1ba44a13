import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export type ChoiceProps = {
  name: string;
  label: string;
  /** The panel's title already says it. */
  quiet?: boolean;
  value: string;
  onChange(value: string): void;
  options: readonly { value: string; title: ReactNode; note?: ReactNode; disabled?: boolean }[];
};

/** A few alternatives as tiles: radio buttons to the keyboard and to screen readers. */
export function Choice({ name, label, quiet, value, onChange, options }: ChoiceProps) {
  return (
    <fieldset>
      <legend className={quiet ? 'sr-only' : 'mb-1 font-medium text-13'}>{label}</legend>
      <div className={clsx('grid gap-2', options.length === 4 ? 'grid-cols-2 xl:grid-cols-4' : 'sm:grid-cols-3')}>
        {options.map((option) => (
          <label
            key={option.value}
            className={clsx(
              'flex min-h-14 flex-col justify-center rounded-panel border px-3 py-2 transition-colors duration-[120ms] has-focus-visible:outline-2 has-focus-visible:outline-focus has-focus-visible:outline-offset-2',
              option.value === value ? 'border-accent bg-selected' : 'border-line bg-panel',
              option.disabled ? 'text-faint' : option.value !== value && 'hover:bg-hover',
            )}
          >
            <input
              type="radio"
              className="sr-only"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              onChange={() => onChange(option.value)}
            />
            <span className="font-medium">{option.title}</span>
            {option.note !== undefined && <span className="text-12 text-muted">{option.note}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
