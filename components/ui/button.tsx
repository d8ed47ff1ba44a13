import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Go, type GoProps } from './go.tsx';
import { notify } from './notify.ts';
import { Tooltip } from './tooltip.tsx';

type Look = { look?: 'primary' | 'plain' | 'quiet' | 'danger'; size?: 'md' | 'sm'; icon?: LucideIcon };

const looks = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border-transparent font-medium',
  plain: 'bg-panel text-fg border-line hover:bg-hover hover:border-line-strong/60',
  quiet: 'border-transparent text-muted hover:bg-hover hover:text-fg',
  danger: 'bg-danger text-on-danger hover:bg-danger-hover border-transparent font-medium',
} as const;
const refused = 'border-line bg-sunken text-faint';
const sizes = { md: 'h-8 px-3 gap-2', sm: 'h-7 px-2 gap-1.5' } as const;

function shape({ look = 'plain', size = 'md' }: Look, closed = false) {
  return clsx(
    'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-control border text-13 transition-colors duration-[120ms]',
    sizes[size],
    closed ? refused : looks[look],
  );
}

export type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> &
  Look & {
    /** Why it is closed, as a sentence. The button stays focusable and says so on hover, focus and click. */
    refusal?: string | null | undefined;
    /** The answer is on its way; a second click does nothing. */
    busy?: boolean;
    /** Text for a button that is only an icon. */
    label?: string;
    children?: ReactNode;
  };

export function Button({
  look,
  size,
  icon: Icon,
  refusal,
  busy,
  label,
  children,
  onClick,
  className,
  type = 'button',
  ...rest
}: ButtonProps) {
  const closed = refusal != null;
  const bare = children === undefined;
  const button = (
    <button
      {...rest}
      type={type}
      {...(label === undefined ? {} : { 'aria-label': label })}
      aria-disabled={closed || busy || undefined}
      className={clsx(
        shape({ ...(look ? { look } : {}), ...(size ? { size } : {}) }, closed),
        bare && (size === 'sm' ? 'w-7 px-0!' : 'w-8 px-0!'),
        className,
      )}
      onClick={(event) => {
        if (closed || busy) event.preventDefault();
        if (closed) notify(refusal, { tone: 'attention' });
        if (!closed && !busy) onClick?.(event);
      }}
    >
      {Icon && <Icon size={size === 'sm' ? 14 : 16} aria-hidden />}
      {children}
    </button>
  );
  if (closed) return <Tooltip text={refusal}>{button}</Tooltip>;
  return bare && label !== undefined ? <Tooltip text={label}>{button}</Tooltip> : button;
}

export function LinkButton({ look, size, icon: Icon, className, children, ...rest }: GoProps & Look) {
  return (
    <Go {...rest} className={clsx(shape({ ...(look ? { look } : {}), ...(size ? { size } : {}) }), className)}>
      {Icon && <Icon size={size === 'sm' ? 14 : 16} aria-hidden />}
      {children}
    </Go>
  );
}
