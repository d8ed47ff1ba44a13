import * as z from 'zod';

export const ConnectionState = z.enum(['active', 'waiting', 'idle-in-transaction', 'idle']);
export type ConnectionState = z.infer<typeof ConnectionState>;

/** A client's connection inside a database as it was when looked at. Milliseconds are ages by the engine's own clock. */
export const Connection = z.object({
  /** Names this one connection for good: a later one with the same number inside the engine has another. */
  id: z.string(),
  /** Null where the engine does not tell whose it is. */
  user: z.string().nullable(),
  database: z.string().nullable(),
  /** What the client calls itself. */
  program: z.string().nullable(),
  address: z.string().nullable(),
  state: ConnectionState,
  inStateMs: z.number(),
  inTransactionMs: z.number().nullable(),
  /** Null where the engine does not tell. */
  connectedMs: z.number().nullable(),
  /** The running statement, else the last one; cut at 2,000 characters, passwords hidden. */
  statement: z.string().nullable(),
  /** Connections this one waits for, by id; of ours and of background work there is none. */
  blockedBy: z.array(z.string()),
});
export type Connection = z.infer<typeof Connection>;
