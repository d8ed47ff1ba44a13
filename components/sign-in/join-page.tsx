'use client';

import { useEffect, useState } from 'react';
import { request } from '#client/api.ts';
import { type ApiProblem, toApiProblem } from '#client/problem.ts';
import { useMe } from '#client/queries/me.ts';
import { signIn } from '#client/session.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
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
  const stranger = me === undefined && strange !== null;
  const answer = useInvitation(stranger ? secret : '');
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
  if (answer === 'waiting' || (me === undefined && !stranger)) return <Gate title="Join a project">{null}</Gate>;
  if (answer === 'closed') {
    return (
      <Gate
        title="This invitation is not open any more"
        sentence="It was used, withdrawn or has expired. Ask whoever sent it, or a project admin, for a new one."
      >
        <LinkButton href="/sign-in">Sign in</LinkButton>
      </Gate>
    );
  }
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
        <Button type="submit" look="primary" busy={busy} className="h-9! w-full">
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

/**
 * Whether a stranger's invitation is still open, before they fill in a form for it. Accepting without an account is refused for that only
 * while it is; nothing is accepted. What cannot be known now is found out when the form is sent.
 */
function useInvitation(secret: string): 'waiting' | 'open' | 'closed' {
  const [known, setKnown] = useState<'open' | 'closed' | null>(null);
  const isAsked = secret.length >= 16;
  useEffect(() => {
    if (!isAsked) return;
    request('acceptInvitation', { body: { secret } }).then(
      () => setKnown('open'),
      (error: unknown) => setKnown(toApiProblem(error).code === 'not-found' ? 'closed' : 'open'),
    );
  }, [isAsked, secret]);
  return isAsked ? (known ?? 'waiting') : 'open';
}
