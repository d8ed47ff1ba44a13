import { writeFile } from '../../write-file.ts';
import { toOptions } from './options.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';
import { quoteOption } from './sql.ts';

/** Writes the one file the server reads, from the settings; nothing of /etc/mysql counts. */
export async function renderConfiguration(place: Place, settings: Settings): Promise<void> {
  const lines = Object.entries({ ...fixedOptions(place), ...toOptions(settings) }).map(
    ([name, value]) => `${fileNames[name] ?? name} = ${quoteOption(value)}\n`,
  );
  await writeFile(place.configFile, `# Made by Guestboard from settings.json; changes here are lost.\n[mariadbd]\n${lines.join('')}`);
}

/** Where the option file has another word than the variable. */
const fileNames: Readonly<Record<string, string>> = { tx_isolation: 'transaction_isolation' };

function fixedOptions(place: Place): Record<string, string> {
  return {
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
    symbolic_links: '0',
    log_error: place.errorLog,
    log_warnings: '2',
    slow_query_log_file: place.slowLog,
    general_log_file: place.generalLog,
    log_output: 'FILE',
    character_set_server: 'utf8mb4',
    collation_server: 'utf8mb4_general_ci',
    default_time_zone: '+00:00',
    default_storage_engine: 'InnoDB',
    enforce_storage_engine: 'InnoDB',
    innodb_flush_log_at_trx_commit: '1',
    innodb_file_per_table: '1',
  };
}
