/** All a child gets unless more is asked for: nothing of ours leaks into it, and its messages are English. */
const minimal = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };

/** The whole environment of a child: the minimal one with `added` over it. */
export function childEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...minimal, ...added } as unknown as NodeJS.ProcessEnv;
}
