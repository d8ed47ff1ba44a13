'use client';
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Tick } from './tick.tsx';

/** A password of one's own, or null to have one made. */
export function PasswordField({
  value,
  onChange,
  error,
}: {
  value: string | null;
  onChange(value: string | null): void;
  error: string | undefined;
}) {
  const [visible, setVisible] = useState(false);
  return (
    <div className="grid gap-2">
      <Tick checked={value === null} onChange={(checked) => onChange(checked ? null : '')}>
        Make a strong password
      </Tick>
      {value === null ? (
        <p className="text-12 text-muted">It can be revealed afterwards from the user’s menu; each look at it is recorded.</p>
      ) : (
        <Field label="Password" hint="At least 12 characters. It cannot be revealed afterwards." error={error}>
          {(control) => (
            <div className="flex gap-2">
              <Input
                {...control}
                mono
                type={visible ? 'text' : 'password'}
                autoComplete="new-password"
                value={value}
                onChange={(event) => onChange(event.target.value)}
              />
              <Button
                icon={visible ? EyeOff : Eye}
                label={visible ? 'Hide what I type' : 'Show what I type'}
                onClick={() => setVisible(!visible)}
              />
            </div>
          )}
        </Field>
      )}
    </div>
  );
}
