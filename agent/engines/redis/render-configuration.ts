import { GuestboardError } from '#contract/errors.ts';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import { toOptions } from './options.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';

const MiB = 1024 ** 2;

/** Writes the one file the server reads, from the settings; nothing of /etc/redis counts. */
export async function renderConfiguration(place: Place, settings: Settings): Promise<void> {
  const options = {
    ...fixedOptions(place),
    ...toOptions(settings),
    ...replicationOptions(settings),
    ...(await sourceOptions(place, settings)),
  };
  const lines = Object.entries(options).map(([name, value]) => `${name} ${quoteOption(value)}\n`);
  const { source } = settings;
  // Two words, which no quotes may hold together.
  if (source !== null) lines.push(`replicaof ${quoteOption(source.host)} ${source.port}\n`);
  await writeFile(place.configFile, `# Made by Guestboard from settings.json; changes here are lost.\n${lines.join('')}`);
}

/** What a running server is told, too, when it is fenced or released: then it refuses every write by itself, and adds nothing that was not asked for. */
export function replicationOptions({ size, fenced }: Pick<Settings, 'size' | 'fenced'>): Record<string, string> {
  return {
    'min-replicas-to-write': fenced ? '1000000' : '0',
    'repl-ping-replica-period': fenced ? '3600' : '5',
    'repl-backlog-size': String(Math.max(1, Math.min(64, Math.floor(size.memoryBytes / 32 / MiB))) * MiB),
  };
}

/** How it copies: none of it where it copies nobody. */
export async function sourceOptions(place: Place, { source }: Pick<Settings, 'source'>): Promise<Record<string, string>> {
  if (source === null) return {};
  return {
    // Before the next, which is refused without it.
    'tls-ca-cert-file': place.sourceCaFile,
    'tls-replication': 'yes',
    masteruser: source.user,
    masterauth: (await readFileIfThere(place.sourceSecretFile))?.trim() ?? '',
  };
}

function fixedOptions(place: Place): Record<string, string> {
  return {
    bind: place.listenAddress,
    port: '0',
    'tls-port': String(place.port),
    'tls-cert-file': place.certificateFile,
    'tls-key-file': place.keyFile,
    'tls-auth-clients': 'no',
    'tls-protocols': 'TLSv1.2 TLSv1.3',
    'replica-read-only': 'yes',
    'repl-diskless-sync': 'yes',
    'repl-diskless-sync-delay': '0',
    // The old data stays until the copy has arrived whole.
    'repl-diskless-load': 'disabled',
    'repl-timeout': '20',
    'min-replicas-max-lag': '10',
    unixsocket: place.socketFile,
    unixsocketperm: '600',
    daemonize: 'no',
    supervised: 'no',
    pidfile: place.pidFile,
    // Its arguments stay what we gave it: they are part of how it is known again.
    'set-proc-title': 'no',
    logfile: place.serverLog,
    dir: place.data,
    aclfile: place.aclFile,
    'acllog-max-len': '32',
    databases: '16',
    // One kind of persistence: every write in the append-only file, which begins with a snapshot each time it is rewritten.
    appendonly: 'yes',
    save: '',
    'aof-use-rdb-preamble': 'yes',
    'aof-load-truncated': 'yes',
    // Each second in which something is written stands before it: a restore ends at one.
    'aof-timestamp-enabled': 'yes',
    'auto-aof-rewrite-min-size': '16mb',
    'sanitize-dump-payload': 'clients',
    'slowlog-max-len': '256',
    'enable-protected-configs': 'no',
    'enable-debug-command': 'no',
    'enable-module-command': 'no',
  };
}

/** A value as the configuration file takes it. */
export function quoteOption(value: string): string {
  if (/[\0\n\r]/.test(value)) throw new GuestboardError('invalid-input', 'An option is one line.');
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
