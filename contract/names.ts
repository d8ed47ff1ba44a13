import * as z from 'zod';

const unreadable = 'Leave out invisible characters and those that turn the direction of writing, such as U+200B and U+202E.';
const unaddressable = 'A name cannot be . or .., which no address can hold.';

/** In one spelling, so that two of them are the same where they are compared. */
export const Id = z.uuid().toLowerCase();
export const Timestamp = z.iso.datetime();
/** Milliseconds since the epoch, as far as dates go. */
export const Moment = z.number().int().positive().max(8.64e15, 'This is beyond the last date there is.');

/** An instance, project or group name: what people type, type again to confirm, and see in URLs. */
export const Name = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'Use 1–63 lower-case letters, digits and hyphens; start and end with a letter or digit.',
  );

/** What people write beside a name and read everywhere: a project's title, a person's or a token's name, the note of an invitation. */
export const Words = z.string().trim().refine(isReadable, unreadable);

/** Names inside a database are hostile text: anything printable up to 63 bytes; the engine quotes them. */
const SqlName = z
  .string()
  .min(1, 'A name cannot be empty.')
  .refine((name) => new TextEncoder().encode(name).length <= 63, 'A name is at most 63 bytes in UTF-8.')
  .refine((name) => !hasControlCharacter(name), 'A name cannot contain control characters.');

/** What else an engine keeps for itself, its datastore's definition says. */
export const UserName = SqlName.refine((name) => !/^guestboard/i.test(name), 'Names beginning with guestboard are reserved.');
export const DatabaseName = SqlName;
export const ExtensionName = SqlName;

/** Of what is made here: another program may have given what is there already a name that cannot be read, and it can still be dropped. */
export const NewDatabaseName = DatabaseName.refine(isReadable, unreadable).refine(isAddressable, unaddressable);
export const NewUserName = UserName.refine(isReadable, unreadable).refine(isAddressable, unaddressable);

export const Password = z
  .string()
  .min(12, 'A password has at least 12 characters.')
  .max(128, 'A password has at most 128 characters.')
  .refine((password) => !hasControlCharacter(password), 'A password cannot contain control characters.');

/** What a stored input, command or journal carries in a password's place. */
export const SecretRef = z.object({ secretId: Id });
export type SecretRef = z.infer<typeof SecretRef>;

/** Under the key `password`: plain on arrival, a reference from the first row on. */
export const SealablePassword = z.union([Password, SecretRef]);

/** A key or password of somebody else's making, under the key `password` as well. */
export const SealableSecret = z.union([z.string().min(1, 'It cannot be empty.').max(8192), SecretRef]);

/** Taken in the ways that people write networks, MariaDB's and MySQL's patterns among them, and kept in one: `10.1.%` becomes `10.1.0.0/16`. */
export const Cidr = z
  .string()
  .overwrite(toCidr)
  .refine(
    (value) => z.cidrv4().safeParse(value).success || z.cidrv6().safeParse(value).success,
    'Use a network such as 10.0.0.0/8, 10.1.%, 192.168.0.0/255.255.0.0 or ::1/128, or one address. Names of hosts are not looked up.',
  );

function toCidr(text: string): string {
  const value = text.trim();
  if (value === '%') return '0.0.0.0/0';
  // What ends in 0 may have been meant as a network.
  if (z.ipv4().safeParse(value).success) return value.endsWith('.0') ? value : `${value}/32`;
  if (z.ipv6().safeParse(value).success) return `${value}/128`;
  // Any number in the place of whole parts, and only at the end: nothing else is a network.
  const [, begun = ''] = /^((?:\d{1,3}\.){1,3})%(?:\.%)*$/.exec(value) ?? [];
  const parts = begun.split('.').filter(Boolean);
  const written = value.split('.').length;
  if (parts.length > 0 && (written === parts.length + 1 || written === 4))
    return `${[...parts, '0', '0', '0'].slice(0, 4).join('.')}/${parts.length * 8}`;
  const [network = '', mask = ''] = value.split('/');
  const bits = z.ipv4().safeParse(mask).success ? countBits(mask) : null;
  return bits === null ? value : `${network}/${bits}`;
}

/** Null for a mask with gaps, which is no network. */
function countBits(mask: string): number | null {
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : null;
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f');
}

/** Browsers take such a part of an address away, however it is written. */
function isAddressable(name: string): boolean {
  return name !== '.' && name !== '..';
}

/** No control, no format and no separating character: two names that look the same are the same, and a name stays where it stands. */
function isReadable(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
}
