import { userInfo } from 'node:os';
import { GuestboardError } from '#contract/errors.ts';
import { writeFile } from '../../write-file.ts';
import { readControlFile } from './control-file.ts';
import { adminRole, type Place, probeRole } from './place.ts';
import { renderRecovery } from './render-recovery.ts';
import type { Settings } from './settings.ts';
import { sizeSettings } from './sizing.ts';
import { quoteSetting } from './sql.ts';

/** Writes every configuration file from the settings. The server reads nothing from the data folder, and ALTER SYSTEM is nobody's. */
export async function renderConfiguration(place: Place, settings: Settings): Promise<void> {
  await writeFile(place.hbaFile, renderAccess(settings));
  await writeFile(place.identFile, [adminRole, probeRole].map((role) => `guestboard ${quoteWord(accountName())} ${role}\n`).join(''));
  await writeFile(place.parametersFile, renderSettings(settings.parameters));
  await writeFile(place.standbyFile, renderStandby(place, settings));
  await writeFile(place.configFile, renderMain(place, settings));
}

export function renderSettings(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${quoteSetting(String(value))}\n`)
    .join('');
}

function renderMain(place: Place, settings: Settings): string {
  const fixed = {
    listen_addresses: place.listenAddress,
    port: place.port,
    unix_socket_directories: place.run,
    unix_socket_permissions: '0700',
    cluster_name: `guestboard-${place.instanceId.slice(0, 8)}`,
    hba_file: place.hbaFile,
    ident_file: place.identFile,
    superuser_reserved_connections: 5,
    password_encryption: 'scram-sha-256',
    ssl: true,
    ssl_cert_file: place.certificateFile,
    ssl_key_file: place.keyFile,
    ssl_min_protocol_version: 'TLSv1.2',
    wal_level: 'replica',
    wal_log_hints: true,
    hot_standby: true,
    max_wal_senders: 10,
    max_replication_slots: 10,
    // The same on every size: a replica with less than its source could not replay.
    max_worker_processes: 16,
    max_locks_per_transaction: 128,
    wal_sender_timeout: '10s',
    wal_receiver_timeout: '10s',
    wal_receiver_status_interval: '1s',
    wal_retrieve_retry_interval: '500ms',
    checkpoint_timeout: '5min',
    archive_mode: false,
    restart_after_crash: true,
    logging_collector: true,
    log_destination: 'jsonlog',
    log_directory: place.logs,
    log_filename: 'postgresql-%Y-%m-%d_%H%M%S.log',
    log_file_mode: '0600',
    log_rotation_size: '64MB',
    log_rotation_age: '1d',
    log_truncate_on_rotation: false,
    log_timezone: 'UTC',
    timezone: 'UTC',
    log_statement: 'none',
    log_parameter_max_length: 0,
    log_checkpoints: true,
    log_lock_waits: true,
    log_temp_files: '10MB',
    lc_messages: 'C',
    // Notifications nobody fetches are kept on the volume: 32 MB of them at most, where the server can be told.
    ...(place.majorVersion >= 17 ? { max_notify_queue_pages: 4096 } : {}),
  };
  return [
    '# Made by Guestboard from settings.json; changes here are lost.\n',
    renderSettings(fixed),
    renderSettings(sizeSettings(settings.size)),
    `include = ${quoteSetting(place.parametersFile)}\n`,
    `include = ${quoteSetting(place.standbyFile)}\n`,
  ].join('');
}

/** Where it copies from. Without as many connections as its source had, a standby refuses to start, and so does a fenced source with fewer than before. */
function renderStandby(place: Place, { source, fenced, recovery, size, parameters }: Settings): string {
  if (recovery !== null) return renderSettings(renderRecovery(recovery));
  if (source === null && !fenced) return '';
  const needed = [
    Number(parameters.max_connections ?? sizeSettings(size).max_connections),
    source?.maxConnections ?? 0,
    readControlFile(place)?.maxConnections ?? 0,
  ];
  return renderSettings({ ...(source === null ? {} : renderSource(place, source)), max_connections: Math.max(...needed) });
}

function renderSource(place: Place, source: NonNullable<Settings['source']>) {
  const conninfo = Object.entries({
    host: source.host,
    port: String(source.port),
    user: source.user,
    passfile: place.passFile,
    sslmode: 'verify-ca',
    sslrootcert: place.sourceCaFile,
    application_name: source.slot,
    connect_timeout: '5',
  }).map(([key, value]) => `${key}=${quoteConnectionWord(value)}`);
  return { primary_conninfo: conninfo.join(' '), primary_slot_name: source.slot };
}

/** First match wins: our own accounts only from this machine's own account, copying accounts only to copy, tenants only over TLS. */
function renderAccess({ allowedCidrs, replicas }: Settings): string {
  const lines = [
    `local replication ${adminRole} peer map=guestboard`,
    `local all ${adminRole},${probeRole} peer map=guestboard`,
    'local all all reject',
    ...['0.0.0.0/0', '::/0'].map((network) => `host all,replication ${adminRole},${probeRole} ${network} reject`),
    ...replicas.map(({ user, cidr }) => `hostssl replication ${quoteWord(user)} ${cidr} scram-sha-256`),
    ...replicas.flatMap(({ user }) => ['0.0.0.0/0', '::/0'].map((network) => `host all,replication ${quoteWord(user)} ${network} reject`)),
    ...allowedCidrs.map((cidr) => `hostssl all all ${cidr} scram-sha-256`),
  ];
  return `${lines.join('\n')}\n`;
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    throw new GuestboardError('engine-unavailable', 'The account this guest runs as has no name on this host.', { cause: error });
  }
}

/** Quoted so that no word of a name means anything to the file. */
function quoteWord(word: string): string {
  if (/[\0\n\r"]/.test(word)) throw new GuestboardError('invalid-input', 'A copying account’s name is plain text.');
  return `"${word}"`;
}

function quoteConnectionWord(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
