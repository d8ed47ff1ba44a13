import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

/** A secret on its only appearance: to copy now, since it is stored only as a hash. */
export function ShownOnce({ value, label, children }: { value: string; label: string; children: ReactNode }) {
  return (
    <div className="space-y-3">
      <p>{children}</p>
      <div className="flex items-start gap-2 rounded-control border border-line bg-sunken p-2">
        <code className="num min-w-0 grow select-all break-all py-0.5">{value}</code>
        <CopyButton text={value} label={`Copy the ${label.toLowerCase()}`} />
      </div>
      <p className="text-12 text-attention">This is shown once. Guestboard keeps only a hash of it.</p>
    </div>
  );
}
