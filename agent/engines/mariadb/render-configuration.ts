import { createHash } from 'node:crypto';
import { writeFile } from '../../write-file.ts';
import { toOptions } from './options.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';
import { quoteOption } from './sql.ts';

const MiB = 1024 ** 2;

/** Writes the one file the server reads, from the settings; nothing of /etc/mysql counts. */
export async function renderConfiguration(place: Place, settings: Settings): Promise<void> {
  const { dialect } = place;
  const binaryLog = dialect.binaryLog ? binaryLogOptions(place, settings) : {};
  const lines = Object.entries({ ...fixedOptions(place), ...binaryLog, ...toOptions(dialect, settings) }).map(
    ([name, value]) => `${dialect.fileNames[name] ?? name} = ${quoteOption(value)}\n`,
  );
  await writeFile(
    place.configFile,
    `# Made by Guestboard from settings.json; changes here are lost.\n[${dialect.optionGroup}]\n${lines.join('')}`,
  );
}

/**
 * Every change in the binary log, by rows, so that replicas and restores to a moment can have it. It lies in the data folder and counts
 * against the volume; what is old or too much goes by `pruneBinaryLogs`, and without an agent what is older than a few days by itself.
 */
function binaryLogOptions(place: Place, { size, source, fenced }: Settings): Record<string, string> {
  return {
    server_id: String(toServerId(place.instanceId)),
    log_bin: 'binlog',
    relay_log: 'relay',
    binlog_format: 'ROW',
    sync_binlog: '1',
    log_slave_updates: '1',
    gtid_strict_mode: '1',
    expire_logs_days: '3',
    max_binlog_size: String(Math.max(4, Math.min(256, Math.floor(size.volumeBytes / 64 / MiB))) * MiB),
    // Safe by rows; without it no tenant could make a function.
    log_bin_trust_function_creators: '1',
    slave_net_timeout: '15',
    // A session may have been less strict than the server, which the log does not tell: what the source took, its replica takes.
    innodb_strict_mode: source === null ? '1' : '0',
    master_retry_count: '0',
    read_only: source !== null || fenced ? '1' : '0',
  };
}

/** Its own among all that copy from one another. */
function toServerId(instanceId: string): number {
  return createHash('sha256').update(instanceId).digest().readUInt32BE(0) || 1;
}

function fixedOptions(place: Place): Record<string, string> {
  return {
    ...place.dialect.fixedOptions(place),
    // Its plugins and messages are those beside its program, which is not always the system's.
    basedir: place.prefix,
    datadir: place.data,
    tmpdir: place.tmp,
    pid_file: place.pidFile,
    socket: place.socketFile,
    bind_address: place.listenAddress,
    port: String(place.port),
    // Accounts belong to networks; names of hosts are never asked for.
    skip_name_resolve: '1',
    max_connect_errors: '1000000000',
    require_secure_transport: '1',
    ssl_cert: place.certificateFile,
    ssl_key: place.keyFile,
    tls_version: 'TLSv1.2,TLSv1.3',
    // No statement reaches a file of this host: none of the server's, none of a client's, none through a link.
    secure_file_priv: place.noFiles,
    local_infile: '0',
    log_error: place.errorLog,
    slow_query_log_file: place.slowLog,
    general_log_file: place.generalLog,
    log_output: 'FILE',
    character_set_server: 'utf8mb4',
    default_time_zone: '+00:00',
    default_storage_engine: 'InnoDB',
    innodb_flush_log_at_trx_commit: '1',
  };
}
