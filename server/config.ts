import { hostname } from 'node:os';
import path from 'node:path';
import * as z from 'zod';

const flag = z.enum(['0', '1']).transform((value) => value === '1');
const portRange = z
  .string()
  .regex(/^\d+-\d+$/)
  .transform((text) => text.split('-').map(Number))
  .refine(
    ([first = 0, last = 0]) => first >= 1024 && first <= last && last < 32768,
    'must be two ports from 1024 to 32767, such as 15000-15999',
  )
  .transform(([first = 0, last = 0]) => ({ first, last }));

const Environment = z.object({
  NODE_ENV: z.string().default('production'),
  DATABASE_URL: z
    .string({ error: 'is not set: name the PostgreSQL of the control plane' })
    .regex(/^postgres(ql)?:/, 'must begin with postgresql:'),
  GUESTBOARD_PORT: z.coerce.number().int().min(1).max(65535).default(3000),
  GUESTBOARD_HOST: z.string().default('127.0.0.1'),
  GUESTBOARD_DATA: z.string().default('./var'),
  GUESTBOARD_KEY_FILE: z.string().optional(),
  GUESTBOARD_PUBLIC_URL: z.string().optional(),
  GUESTBOARD_TLS_CERT: z.string().optional(),
  GUESTBOARD_TLS_KEY: z.string().optional(),
  GUESTBOARD_TRUST_PROXY: z.string().optional(),
  GUESTBOARD_INSECURE: flag.default(false),
  GUESTBOARD_GUEST_HOST: z.string().default('127.0.0.1'),
  GUESTBOARD_PORT_RANGE: portRange.default({ first: 15000, last: 15999 }),
  GUESTBOARD_PROOFS_AT_ONCE: z.coerce.number().int().min(1).max(64).default(1),
  GUESTBOARD_AGENTS_URL: z.string().optional(),
  GUESTBOARD_PROGRAM_FOLDERS: z.string().optional(),
  GUESTBOARD_NODE_ID: z
    .string()
    .regex(/^[\w.-]{1,60}$/, 'must be 1–60 letters, digits, dots, hyphens and underscores')
    .optional(),
  GUESTBOARD_AGENT: z.string().default('dist/agent'),
  GUESTBOARD_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

export type Config = ReturnType<typeof readConfig>;

/** The whole of what the environment decides. Throws one sentence naming the variable. The table of variables is in the README. */
export function readConfig(folder: string, environment: Readonly<Record<string, string | undefined>> = process.env) {
  const filled = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(filled);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join('.')} ${issue?.message}.`);
  }
  const env = parsed.data;
  const data = path.resolve(folder, env.GUESTBOARD_DATA);
  const tls = env.GUESTBOARD_TLS_CERT && env.GUESTBOARD_TLS_KEY ? { cert: env.GUESTBOARD_TLS_CERT, key: env.GUESTBOARD_TLS_KEY } : null;
  const trustedProxies = (env.GUESTBOARD_TRUST_PROXY ?? '').split(',').map((text) => text.trim());
  const config = {
    isDevelopment: env.NODE_ENV === 'development',
    databaseUrl: env.DATABASE_URL,
    port: env.GUESTBOARD_PORT,
    host: env.GUESTBOARD_HOST,
    data,
    keyFile: env.GUESTBOARD_KEY_FILE ? path.resolve(folder, env.GUESTBOARD_KEY_FILE) : path.join(data, 'keys/key'),
    tls,
    /** Addresses whose X-Forwarded-* headers are believed. */
    trustedProxies: trustedProxies.filter(Boolean),
    publicUrl:
      env.GUESTBOARD_PUBLIC_URL?.replace(/\/+$/, '') ??
      `${tls ? 'https' : 'http'}://${toUrlHost(env.GUESTBOARD_HOST)}:${env.GUESTBOARD_PORT}`,
    /** How agents reach the control plane, where that is not the address it listens on: what stands in front of several replicas. */
    agentsUrl: env.GUESTBOARD_AGENTS_URL?.replace(/\/+$/, '') ?? null,
    guestHost: env.GUESTBOARD_GUEST_HOST,
    portRange: env.GUESTBOARD_PORT_RANGE,
    proofsAtOnce: env.GUESTBOARD_PROOFS_AT_ONCE,
    /** Where else datastores' programs are: they come before those of the system. */
    programFolders: (env.GUESTBOARD_PROGRAM_FOLDERS ?? '').split(':').filter(Boolean),
    nodeId: env.GUESTBOARD_NODE_ID ?? `${hostname().slice(0, 40)}-${env.GUESTBOARD_PORT}`,
    agentFolder: path.resolve(folder, env.GUESTBOARD_AGENT),
    logLevel: env.GUESTBOARD_LOG_LEVEL,
    folder,
  };
  if (!isLoopback(config.host) && !tls && config.trustedProxies.length === 0 && !env.GUESTBOARD_INSECURE) {
    throw new Error(
      `GUESTBOARD_HOST is ${config.host}, beyond this machine, without TLS. Set GUESTBOARD_TLS_CERT and GUESTBOARD_TLS_KEY, name the proxy in front in GUESTBOARD_TRUST_PROXY, or accept plain text with GUESTBOARD_INSECURE=1.`,
    );
  }
  return config;
}

/** Origins whose pages may write: the public URL, and on loopback every spelling of it. */
export function toTrustedOrigins(config: Pick<Config, 'publicUrl' | 'port' | 'tls' | 'host'>): string[] {
  const scheme = config.tls ? 'https' : 'http';
  const local = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `${scheme}://${host}:${config.port}`);
  return [...new Set([new URL(config.publicUrl).origin, ...local])];
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^(::ffff:)?127\./.test(address);
}

function toUrlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
