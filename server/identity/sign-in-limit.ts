import { GuestboardError } from '#contract/errors.ts';
import type { Accounts } from '../store/accounts.ts';

const windowMs = 60_000;
const mostOfOneAccount = 5;
const mostOfOneAddress = 30;

/**
 * Limits failed sign-ins: five a minute for one account from one address, thirty for one address. Counted in the store, so that
 * it holds across replicas; a success clears the account's count. Nobody can lock out an account from elsewhere.
 */
export function createSignInLimit(accounts: Accounts) {
  const toKeys = (address: string, username: string) => ({
    account: `sign-in ${address} ${username.toLowerCase().slice(0, 60)}`,
    address: `sign-in ${address}`,
  });
  return {
    /** Counts the attempt before the password is looked at, so that many at once are no way round. Throws `too-many-attempts`. */
    begin: async (address: string, username: string): Promise<void> => {
      const keys = toKeys(address, username);
      const ofAccount = await accounts.countAttempt(keys.account, windowMs);
      if (ofAccount <= mostOfOneAccount && (await accounts.countAttempt(keys.address, windowMs)) <= mostOfOneAddress) return;
      throw new GuestboardError('too-many-attempts', 'Too many failed sign-ins. Wait a minute, then try again.');
    },
    succeeded: async (address: string, username: string): Promise<void> => {
      const keys = toKeys(address, username);
      await accounts.forgetAttempts(keys.account);
      await accounts.uncountAttempt(keys.address);
    },
  };
}
