import { Eye, EyeOff } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import type { RevealedPassword } from './use-password.ts';

/** The password as dots until someone asks for it; asking is written down. */
export function PasswordValue({ password }: { password: RevealedPassword }) {
  const { shown, refusal, busy, problem } = password;
  return (
    <>
      <dt className="py-1 text-muted">Password</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <span className="num min-w-0 select-all truncate" data-testid="password">
          {shown ?? <span aria-hidden>••••••••••••</span>}
          {shown === null && <span className="sr-only">hidden</span>}
        </span>
      </dd>
      <dd className="flex h-7 items-center justify-end">
        <Button
          look="quiet"
          size="sm"
          icon={shown === null ? Eye : EyeOff}
          label={shown === null ? 'Reveal the password; this is recorded' : 'Hide the password'}
          refusal={refusal}
          busy={busy}
          onClick={shown === null ? password.show : password.hide}
        />
        {refusal === null && <CopyButton text={shown ?? password.fetch} label="Copy the password; this is recorded" />}
      </dd>
      {problem !== null && (
        <dd role="alert" className="col-span-3 pb-1 text-12 text-broken">
          {problem.message}
        </dd>
      )}
    </>
  );
}
