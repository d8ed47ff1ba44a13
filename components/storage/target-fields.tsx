import type { ReactNode } from 'react';
import { Field, Select } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { DraftField, TargetDraft } from './target-draft.ts';

export type TargetFieldsProps = {
  draft: TargetDraft;
  faults: Partial<Record<DraftField, string>>;
  onChange(change: Partial<TargetDraft>): void;
  /** Of a stored target the kind stays, and an empty secret means the stored one. */
  stored?: boolean;
};

/** The kind of storage, and the fields of that kind. */
export function TargetFields(props: TargetFieldsProps) {
  const { draft, onChange, stored } = props;
  const secretHint = stored ? 'Left empty, the stored one is kept.' : 'Stored sealed; nobody sees it again.';
  return (
    <>
      {!stored && (
        <Field label="Kind">
          {(control) => (
            <Select {...control} value={draft.kind} onChange={(event) => onChange({ kind: event.target.value === 's3' ? 's3' : 'swift' })}>
              <option value="s3">S3</option>
              <option value="swift">OpenStack Swift</option>
            </Select>
          )}
        </Field>
      )}
      {draft.kind === 's3' ? (
        <>
          <Text {...props} field="endpoint" label="Endpoint" hint="Buckets are addressed by path." placeholder="https://s3.example.org" />
          <Pair>
            <Text {...props} field="region" label="Region" placeholder="us-east-1" />
            <Text {...props} field="bucket" label="Bucket" />
          </Pair>
          <Pair>
            <Text {...props} field="accessKeyId" label="Access key" />
            <Text {...props} field="password" label="Secret key" hint={secretHint} secret />
          </Pair>
        </>
      ) : (
        <SwiftFields {...props} secretHint={secretHint} />
      )}
      <Text {...props} field="prefix" label="Prefix" hint="Folder for everything of ours there; empty for none." />
      <Field label="Authority’s certificate" hint="PEM, where a private authority signed the server’s." error={props.faults.caPem}>
        {(control) => (
          <textarea
            {...control}
            rows={2}
            spellCheck={false}
            className="num w-full rounded-control border border-line-strong bg-panel px-2.5 py-1.5 text-12"
            value={draft.caPem}
            onChange={(event) => onChange({ caPem: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

function SwiftFields({ secretHint, ...props }: TargetFieldsProps & { secretHint: string }) {
  const { draft, onChange } = props;
  return (
    <>
      <Field label="Signs in by">
        {(control) => (
          <Select {...control} value={draft.version} onChange={(event) => onChange({ version: event.target.value === 'v1' ? 'v1' : 'v3' })}>
            <option value="v3">Keystone v3</option>
            <option value="v1">Swift’s own (v1)</option>
          </Select>
        )}
      </Field>
      <Text {...props} field="authUrl" label="Address to sign in" placeholder="https://keystone.example.org/v3" />
      <Pair>
        <Text {...props} field="user" label="User" hint={draft.version === 'v1' ? 'As account:user.' : undefined} />
        <Text {...props} field="password" label="Password" hint={secretHint} secret />
      </Pair>
      {draft.version === 'v3' && (
        <>
          <Pair>
            <Text {...props} field="project" label="Project in the cloud" />
            <Text {...props} field="region" label="Region" hint="Empty takes the first." />
          </Pair>
          <Pair>
            <Text {...props} field="userDomain" label="User’s domain" />
            <Text {...props} field="projectDomain" label="Project’s domain" />
          </Pair>
        </>
      )}
      <Text {...props} field="container" label="Container" />
    </>
  );
}

function Pair({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 sm:grid-cols-2">{children}</div>;
}

type TextProps = TargetFieldsProps & {
  field: Exclude<DraftField, 'kind' | 'version'>;
  label: string;
  hint?: string | undefined;
  placeholder?: string;
  secret?: boolean;
};

function Text({ draft, faults, onChange, field, label, hint, placeholder, secret }: TextProps) {
  return (
    <Field label={label} hint={hint} error={faults[field]}>
      {(control) => (
        <Input
          {...control}
          mono={!secret}
          type={secret ? 'password' : 'text'}
          {...(secret ? { autoComplete: 'new-password' } : {})}
          placeholder={placeholder}
          value={draft[field]}
          onChange={(event) => onChange({ [field]: event.target.value })}
        />
      )}
    </Field>
  );
}
