'use client';

import { useState } from 'react';
import { type ApiProblem, toApiProblem } from '#client/problem.ts';
import { signIn } from '#client/session.ts';
import { useAwake } from '#components/ui/awake.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { Gate } from './gate.tsx';

/**
 * Name and password, then back to where the person wanted to go. The fields are the browser's own, read when the form is sent: what a
 * person, or a password manager, fills in before the page is awake stays.
 */
export function SignInPage() {
  const awake = useAwake();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const enter = async (form: FormData) => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(String(form.get('username')).trim().toLowerCase(), String(form.get('password')));
      location.assign(wanted());
    } catch (error) {
      setProblem(toApiProblem(error));
      setBusy(false);
    }
  };
  return (
    <Gate title="Sign in">
      <form
        className="space-y-4"
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void enter(new FormData(event.currentTarget));
        }}
      >
        <Field label="Name">
          {(control) => (
            <Input {...control} name="username" autoComplete="username" autoCapitalize="none" autoFocus required className="h-9!" />
          )}
        </Field>
        <Field label="Password">
          {(control) => <Input {...control} name="password" type="password" autoComplete="current-password" required className="h-9!" />}
        </Field>
        {problem !== null && (
          <p role="alert" className="flex gap-2 text-broken">
            <Mark tone="broken" className="mt-1" />
            {problem.message}
          </p>
        )}
        {/* No form is sent by a page that is not awake, not with Enter either: the server would answer it with this page, and not say why. */}
        <Button type={awake ? 'submit' : 'button'} look="primary" busy={busy || !awake} className="h-9! w-full">
          {busy ? 'Signing in' : 'Sign in'}
        </Button>
      </form>
      <p className="mt-6 text-12 text-faint">
        No account yet? A project admin can send you an invitation link. A lost operator password is reset on the host with npm run
        operator.
      </p>
    </Gate>
  );
}

/** Only a path of our own: a foreign address in `next` would make sign-in a way to somewhere else. */
function wanted(): string {
  const next = new URLSearchParams(location.search).get('next') ?? '/';
  const url = URL.canParse(next, location.origin) ? new URL(next, location.origin) : null;
  return url !== null && url.origin === location.origin && url.pathname !== '/sign-in' ? url.pathname + url.search + location.hash : '/';
}
