import { clsx } from 'clsx';

/** A few words of which any number may be chosen; none chosen means all. */
export function Segment<K extends string>({
  label,
  options,
  chosen,
  onChange,
  className,
}: {
  label: string;
  options: readonly { key: K; title: string }[];
  chosen: readonly K[];
  onChange(chosen: K[]): void;
  className?: string;
}) {
  return (
    <fieldset className={clsx('flex overflow-hidden rounded-control border border-line-strong', className)}>
      <legend className="sr-only">{label}</legend>
      {options.map(({ key, title }) => {
        const pressed = chosen.includes(key);
        return (
          <button
            key={key}
            type="button"
            aria-pressed={pressed}
            onClick={() => onChange(pressed ? chosen.filter((other) => other !== key) : [...chosen, key])}
            className={clsx(
              'h-7.5 border-line border-l px-2 text-12 transition-colors duration-[120ms] first:border-l-0 focus-visible:-outline-offset-2 max-md:h-10',
              pressed ? 'bg-accent-soft font-medium text-fg' : 'bg-panel text-muted hover:bg-hover',
            )}
          >
            {title}
          </button>
        );
      })}
    </fieldset>
  );
}
