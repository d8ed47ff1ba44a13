/** Codes of connections that broke or could not be made, by Node, PostgreSQL (classes 08, 53, 57) and Prisma. */
const codes = /^(ECONN\w+|ENOENT|EPIPE|ETIMEDOUT|08\w{3}|53300|57P0[123]|P1001|P1002|P1008|P1017|P2024|P2028)$/;
const words =
  /Connection terminated|Can't reach database|server closed the connection|timeout exceeded when trying to connect|connection error/i;

/** Whether an error says that the control plane's database is away, rather than that something is wrong. */
export function isOutage(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if (current.name === 'GuestboardError') return false;
    if ('code' in current && codes.test(String(current.code))) return true;
    if (words.test(current.message)) return true;
  }
  return false;
}
