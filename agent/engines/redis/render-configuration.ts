import { GuestboardError } from '#contract/errors.ts';
import { writeFile } from '../../write-file.ts';
import { toOptions } from './options.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';

/** Writes the one file the server reads, from the settings; nothing of /etc/redis counts. */
export async function renderConfiguration(place: Place, settings: Settings): Promise<void> {
  const lines = Object.entries({ ...fixedOptions(place), ...toOptions(settings) }).map(
    ([name, value]) => `${name} ${quoteOption(value)}\n`,
  );
  await writeFile(place.configFile, `# Made by Guestboard from settings.json; changes here are lost.\n${lines.join('')}`);
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
