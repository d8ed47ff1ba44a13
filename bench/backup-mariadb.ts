import path from 'node:path';
import { createInstance } from '../e2e/instances.ts';
import { getGuest } from '../e2e/processes.ts';
import { type Peer, runAsGuest, timeRounds } from './backup-rounds.ts';
import type { Benchmark } from './figure.ts';
import { chooseVersion } from './one-of-each.ts';

const asAdministrator = '--socket="$1/run/s" --user="$(id -un)"';
const packed: Peer = {
  title: 'mariadb-backup | zstd -1, and sync',
  words: `mkdir "$2" && mariadb-backup --defaults-file="$1/conf/mariadb.cnf" --backup ${asAdministrator} --target-dir="$2" --stream=xbstream --parallel=2 \
    2> "$2/said" | zstd -q -c -1 -T2 > "$2/copy.zst" && sync "$2/copy.zst"`,
};

/** A full backup of MariaDB to local storage, sealed and checksummed, beside its own program and zstd alone. */
export const backupMariadb: Benchmark = {
  name: 'backup-mariadb',
  async run(bench) {
    const { rest, product, isQuick } = bench;
    const version = await chooseVersion(rest, 'mariadb');
    const instance = await createInstance(rest, { datastore: 'mariadb', version, flavorId: 'gb.2g', volumeBytes: 16 * 1024 ** 3 });
    const rows = isQuick ? 500_000 : 8_000_000;
    // By the administrator, without the binary log: filling is not what is measured.
    const sql = `use shop; set sql_log_bin = 0; create table shop.many (n bigint primary key, one char(32), two char(32), words varchar(160));
      insert into shop.many select seq, md5(seq), md5(seq * 7), repeat('all work and no play ', 6) from seq_1_to_${rows};`;
    const file = path.join(getGuest(product.data, instance.id).folder, 'tmp', 'none');
    await runAsGuest(bench, instance, 'mariadb', `mariadb ${asAdministrator} -e "${sql}"`, file);
    const made = await timeRounds(bench, instance, [packed]);
    const seconds = made.peerSeconds.get(packed.title) ?? Number.NaN;
    const rate = (taken: number) => `${(made.sourceBytes / 1e6 / taken).toFixed(0)} MB/s`;
    return [
      {
        figure: `MariaDB full backup of ${(made.sourceBytes / 1e9).toFixed(1)} GB, sealed, against ${packed.title}`,
        unit: '%',
        value: (100 * seconds) / made.seconds,
        median: null,
        p99: null,
        n: made.rounds,
        bar: { atLeast: 95 },
        barOf: '% of its speed',
        peer: `${packed.title}: ${rate(seconds)}`,
        remark: `${rate(made.seconds)} of the source; ${made.cpuSeconds.toFixed(1)} s of processor time and ${made.mostMemoryMiB.toFixed(0)} MiB in the agent`,
      },
    ];
  },
};
