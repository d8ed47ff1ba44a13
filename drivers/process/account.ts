/** The operating system account a program runs as. */
export type Account = { uid: number; gid: number };

/**
 * The same command as another account. setpriv, not the uid option of spawn: that one would keep root's supplementary groups.
 * Nothing changes when we are that account already.
 */
export function asAccount(command: string, args: readonly string[], account: Account | undefined): { command: string; args: string[] } {
  if (account === undefined || account.uid === process.getuid?.()) return { command, args: [...args] };
  return {
    command: '/usr/bin/setpriv',
    args: ['--reuid', String(account.uid), '--regid', String(account.gid), '--clear-groups', '--', command, ...args],
  };
}
