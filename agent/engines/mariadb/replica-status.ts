import type { Client } from './connections.ts';

/** How a replica stands, as the server tells it. */
export type ReplicaStatus = {
  /** The connection to the source stands, and nothing keeps it from applying what comes. */
  connected: boolean;
  /** Names of the last transactions received and applied. */
  received: string;
  applied: string;
  /** Received and not applied; what the source did not send yet is not in it. */
  waitingBytes: number;
  /** What it cannot get over by itself. */
  error: string | null;
};

/** Null where the server copies nobody. */
export async function readReplicaStatus(client: Client): Promise<ReplicaStatus | null> {
  const { replicaStatus } = client.dialect.look;
  if (replicaStatus === null) return null;
  const [row] = await client.query<Record<string, string | number | null>>(replicaStatus);
  if (row === undefined) return null;
  const [position] = await client.query<{ applied: string }>('SELECT @@global.gtid_slave_pos AS applied');
  const text = (name: string) => String(row[name] ?? '');
  const number = (name: string) => Number(row[name] ?? 0);
  const failed = number('Last_SQL_Errno') !== 0 ? text('Last_SQL_Error') : null;
  // 1236: the source cannot go on from where we are.
  const lost = number('Last_IO_Errno') === 1236 ? text('Last_IO_Error') : null;
  const sameFile = text('Master_Log_File') === text('Relay_Master_Log_File');
  return {
    connected: text('Slave_IO_Running') === 'Yes' && failed === null,
    received: text('Gtid_IO_Pos'),
    applied: position?.applied ?? '',
    waitingBytes: Math.max(0, sameFile ? number('Read_Master_Log_Pos') - number('Exec_Master_Log_Pos') : number('Relay_Log_Space')),
    error: failed ?? lost,
  };
}
