import { clsx } from 'clsx';
import { type ReactNode, useId } from 'react';

export type PanelProps = {
  title?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  className?: string;
  children: ReactNode;
};

/** The one surface on the page: border, radius 8, no shadow; a head line when it has a title. `flush` leaves the padding to the content. */
export function Panel({ title, note, actions, flush, className, children }: PanelProps) {
  const heading = useId();
  return (
    <section
      aria-labelledby={title === undefined ? undefined : heading}
      className={clsx('min-w-0 rounded-panel border border-line bg-panel', className)}
    >
      {title !== undefined && (
        <header className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-4 py-1.5">
          <h2 id={heading} className="text-13">
            {title}
          </h2>
          {note !== undefined && <span className="text-12 text-faint">{note}</span>}
          {actions !== undefined && <div className="ml-auto flex items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? undefined : 'p-4'}>{children}</div>
    </section>
  );
}
