import type { ReactNode } from 'react';
import { Logo } from '#components/layout/logo.tsx';

/** The quiet page before one is inside: a mark, a title, one form. */
export function Gate({ title, sentence, children }: { title: string; sentence?: ReactNode; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[16vh] pb-12">
      <div className="w-full max-w-84">
        <div className="mb-8 flex items-center gap-2.5 font-semibold text-14">
          <Logo size={24} />
          Guestboard
        </div>
        <h1 className="text-20">{title}</h1>
        {sentence !== undefined && <p className="mt-1 text-muted">{sentence}</p>}
        <div className="mt-6">{children}</div>
      </div>
    </main>
  );
}
