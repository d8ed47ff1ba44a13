import { describeIssue } from '#contract/plain-issues.ts';
import { ChangedTargetAddress, NewTargetAddress, type StorageTarget } from '#contract/resources/storage-target.ts';

/** A target's address as it is typed: all texts, of both kinds, so that changing the kind forgets nothing. */
export type TargetDraft = {
  kind: 's3' | 'swift';
  endpoint: string;
  region: string;
  bucket: string;
  prefix: string;
  accessKeyId: string;
  password: string;
  caPem: string;
  authUrl: string;
  version: 'v1' | 'v3';
  project: string;
  userDomain: string;
  projectDomain: string;
  container: string;
  user: string;
};
export type DraftField = keyof TargetDraft;

export const emptyDraft: TargetDraft = {
  kind: 's3',
  endpoint: '',
  region: '',
  bucket: '',
  prefix: '',
  accessKeyId: '',
  password: '',
  caPem: '',
  authUrl: '',
  version: 'v3',
  project: '',
  userDomain: 'Default',
  projectDomain: 'Default',
  container: '',
  user: '',
};

export function toDraft({ address }: Pick<StorageTarget, 'address'>): TargetDraft {
  const caPem = address.caPem ?? '';
  if (address.kind === 's3') return { ...emptyDraft, ...address, caPem };
  const { auth, ...rest } = address;
  return { ...emptyDraft, ...rest, ...auth, region: address.region ?? '', caPem };
}

/** Of a new target the address with its secret; of one that is changed, an empty secret means the stored one. */
export function readNew(draft: TargetDraft) {
  return settle(NewTargetAddress.safeParse(toAddress(draft), { error: describeIssue }));
}

export function readChanged(draft: TargetDraft) {
  return settle(ChangedTargetAddress.safeParse(toAddress({ ...draft }, draft.password === ''), { error: describeIssue }));
}

function toAddress(draft: TargetDraft, keepsSecret = false): unknown {
  const { kind, prefix } = draft;
  const common = {
    kind,
    prefix,
    caPem: draft.caPem.trim() === '' ? null : draft.caPem,
    ...(keepsSecret ? {} : { password: draft.password }),
  };
  const region = draft.region.trim();
  if (kind === 's3') return { ...common, region, endpoint: draft.endpoint.trim(), bucket: draft.bucket, accessKeyId: draft.accessKeyId };
  const { version, project, userDomain, projectDomain, container, user } = draft;
  const auth = version === 'v1' ? { version } : { version, project, userDomain, projectDomain };
  return { ...common, auth, container, user, authUrl: draft.authUrl.trim(), region: region === '' ? null : region };
}

const sentences: Partial<Record<DraftField, string>> = {
  endpoint: 'Enter an address such as https://s3.example.org.',
  authUrl: 'Enter an address such as https://keystone.example.org/v3.',
  region: 'Enter the region, such as us-east-1.',
  bucket: 'A bucket’s name has 3–63 letters, digits, dots, underscores or hyphens.',
  container: 'Enter the container’s name, which has no slash.',
  accessKeyId: 'Enter the access key.',
  user: 'Enter the user’s name.',
  password: 'Enter the secret.',
  project: 'Enter the project’s name.',
  userDomain: 'Enter the user’s domain.',
  projectDomain: 'Enter the project’s domain.',
};

type Parsed<T> = { success: true; data: T } | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };

function settle<T>(parsed: Parsed<T>): { address: T | null; faults: Partial<Record<DraftField, string>> } {
  if (parsed.success) return { address: parsed.data, faults: {} };
  const faults = parsed.error.issues.map(({ path, message }) => {
    const field = String(path.at(-1)) as DraftField;
    return [field, sentences[field] ?? message];
  });
  return { address: null, faults: Object.fromEntries(faults) };
}
