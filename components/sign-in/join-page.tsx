'use client';

import { useState } from 'react';
import { request } from '#client/api.ts';
import { type ApiProblem, toApiProblem } from '#client/problem.ts';
import { useMe } from '#client/queries/me.ts';
import { signIn } from '#client/session.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { Field, Input } from '#components/ui/field.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { Gate } from './gate.tsx';

/** Accepts an invitation. Its secret is behind the # so that it never reaches a server's log. */
export function JoinPage() {
  return (
    <Awake fallback={<Gate title="Join a project">{null}</Gate>}>
      <Join />
    </Awake>
  );
}

const blank = { username: '', name: '', password: '' };

function Join() {
  const [secret] = useState(() => location.hash.slice(1));
  const { data: me, error: strange } = useMe();
  const [account, setAccount] = useState(blank);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  if (secret.length < 16) {
    return (
      <Gate
        title="This link is not complete"
        sentence="An invitation link ends with # and a long secret. Ask for it again, or copy it whole."
      >
        <LinkButton href="/sign-in">Sign in</LinkButton>
      </Gate>
    );
  }
  const stranger = me === undefined && strange !== null;
  const join = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await request('acceptInvitation', { body: stranger ? { secret, account } : { secret } });
      if (stranger) await signIn(account.username, account.password);
      location.assign('/instances');
    } catch (error) {
      setProblem(toApiProblem(error));
      setBusy(false);
    }
  };
  const field = (key: keyof typeof blank, label: string, hint: string, autoComplete: string) => (
    <Field label={label} hint={hint} error={problem?.field?.endsWith(key) ? problem.message : undefined}>
      {(control) => (
        <Input
          {...control}
          required
          type={key === 'password' ? 'password' : 'text'}
          autoComplete={autoComplete}
          value={account[key]}
          onChange={(event) => setAccount({ ...account, [key]: event.target.value })}
          className="h-9!"
        />
      )}
    </Field>
  );
  return (
    <Gate
      title="Join a project"
      sentence={stranger ? 'You were invited. Choose a name and a password; both are yours.' : me && `You are signed in as ${me.name}.`}
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void join();
        }}
      >
        {stranger && field('username', 'Sign-in name', '3–40 lower-case letters, digits, dots, hyphens and underscores.', 'username')}
        {stranger && field('name', 'Your name', 'As others see it.', 'name')}
        {stranger && field('password', 'Password', 'At least 12 characters.', 'new-password')}
        {problem !== null && (
          <p role="alert" className="flex gap-2 text-broken">
            <Mark tone="broken" className="mt-1" />
            {problem.message}
          </p>
        )}
        <Button type="submit" look="primary" busy={busy || (me === undefined && strange === null)} className="h-9! w-full">
          {stranger ? 'Create account and join' : 'Join'}
        </Button>
        {stranger && (
          <LinkButton href={`/sign-in?next=/join#${secret}`} look="quiet" className="w-full">
            I have an account
          </LinkButton>
        )}
      </form>
    </Gate>
  );
}
