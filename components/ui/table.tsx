import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';

/** A plain table for tens of rows; it scrolls sideways by itself on phones. The caption is for screen readers. */
export function Table({ caption, children, className }: { caption: string; children: ReactNode; className?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section aria-label={`${caption}, table`} tabIndex={0} className="relative overflow-x-auto">
      <table className={clsx('w-full border-collapse text-13', className)}>
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </section>
  );
}

export type HeadCellProps = {
  children?: ReactNode;
  numeric?: boolean;
  sort?: 'ascending' | 'descending' | 'none';
  onSort?(): void;
  className?: string;
};

export function HeadCell({ children, numeric, sort, onSort, className }: HeadCellProps) {
  const arrow =
    sort === 'ascending' ? <ArrowUp size={12} aria-hidden /> : sort === 'descending' ? <ArrowDown size={12} aria-hidden /> : null;
  return (
    <th
      scope="col"
      aria-sort={sort}
      className={clsx(
        'h-8 whitespace-nowrap border-line border-b px-3 font-normal text-12 text-faint first:pl-4 last:pr-4',
        numeric ? 'text-right' : 'text-left',
        className,
      )}
    >
      {onSort === undefined ? (
        children
      ) : (
        <button type="button" onClick={onSort} className="inline-flex items-center gap-1 hover:text-fg">
          {children}
          {arrow}
        </button>
      )}
    </th>
  );
}

export function TableRow({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr {...rest} className={clsx('border-line border-b last:border-b-0 hover:bg-hover/60', className)} />;
}

export function Cell({ numeric, className, ...rest }: ComponentProps<'td'> & { numeric?: boolean }) {
  return (
    <td
      {...rest}
      className={clsx('h-11 px-3 py-1 first:pl-4 last:pr-4 compact:h-9', numeric && 'num whitespace-nowrap text-right', className)}
    />
  );
}
