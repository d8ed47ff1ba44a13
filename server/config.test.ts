import { describe, expect, test } from 'vitest';
import { readConfig, toTrustedOrigins } from './config.ts';

const least = { DATABASE_URL: 'postgresql://localhost/guestboard' };
const read = (more: Record<string, string> = {}) => readConfig('/project', { ...least, ...more });

describe('the environment', () => {
  test('may be empty but for the database', () => {
    expect(read()).toMatchObject({ port: 3000, host: '127.0.0.1', data: '/project/var', portRange: { first: 15000, last: 15999 } });
  });

  test.each([
    [{ DATABASE_URL: '' }, /DATABASE_URL is not set/],
    [{ GUESTBOARD_PORT: 'http' }, /GUESTBOARD_PORT/],
    [{ GUESTBOARD_PORT_RANGE: '40000-41000' }, /GUESTBOARD_PORT_RANGE must be two ports/],
    [{ GUESTBOARD_NODE_ID: 'a b' }, /GUESTBOARD_NODE_ID must be/],
  ])('that is wrong is named: %o', (more, sentence) => {
    expect(() => read(more)).toThrow(sentence);
  });
});

describe('beyond loopback', () => {
  test('plain text is refused unless it is asked for', () => {
    expect(() => read({ GUESTBOARD_HOST: '0.0.0.0' })).toThrow(/beyond this machine, without TLS/);
    expect(read({ GUESTBOARD_HOST: '0.0.0.0', GUESTBOARD_INSECURE: '1' }).host).toBe('0.0.0.0');
    expect(read({ GUESTBOARD_HOST: '10.0.0.1', GUESTBOARD_TRUST_PROXY: '10.0.0.2' }).trustedProxies).toEqual(['10.0.0.2']);
    expect(read({ GUESTBOARD_HOST: '::1' }).host).toBe('::1');
  });
});

test('pages of the public URL and of every loopback spelling may write, no other', () => {
  const origins = toTrustedOrigins(read({ GUESTBOARD_PUBLIC_URL: 'https://db.example.com/' }));
  expect(origins).toContain('https://db.example.com');
  expect(origins).toContain('http://localhost:3000');
  expect(origins).not.toContain('http://db.example.com');
});
