import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTreeMeter } from './measure-tree.ts';
import { identifyProcess, isSameProcess, readCommandLine, readExecutable, signalProcess, waitForEnd } from './pid-identity.ts';
import { killTree, listTree } from './process-tree.ts';
import { run } from './run.ts';
import { spawnDetached } from './spawn-detached.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'guestboard-process-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shell = (script: string, options: Partial<Parameters<typeof run>[2]> = {}) =>
  run('/bin/sh', ['-c', script], { deadlineMs: 5000, ...options });

describe('run', () => {
  test('answers code, outputs and what it read from its input', async () => {
    expect(await shell('cat; echo problem >&2; exit 3', { stdin: 'hello' })).toEqual({
      code: 3,
      signal: null,
      stdout: 'hello',
      stderr: 'problem\n',
    });
  });

  test('keeps beginning and end of an endless output', async () => {
    const { stdout } = await shell('echo first; head -c 3000000 /dev/zero | tr "\\0" x; echo last', { maxOutputBytes: 2000 });
    expect(stdout).toMatch(/^first\nx+\n… \d+ bytes left out …\nx+last\n$/);
    expect(stdout.length).toBeLessThan(2200);
  });

  test('ends by its deadline, grandchildren included, with a code and a sentence', async () => {
    const began = performance.now();
    const mark = path.join(folder, 'grandchild');
    await expect(shell(`sh -c 'echo $$ > ${mark}; exec sleep 60' & wait`, { deadlineMs: 300 })).rejects.toMatchObject({
      code: 'deadline-passed',
      message: 'sh did not finish within 0.3 s.',
    });
    expect(performance.now() - began).toBeLessThan(10_000);
    const grandchild = Number(readFileSync(mark, 'utf8'));
    await vi.waitFor(() => expect(identifyProcess(grandchild)).toBeNull(), 10_000);
  });

  test('does not wait for a grandchild that keeps the pipes open', async () => {
    const began = performance.now();
    const { stdout } = await shell('sleep 20 & echo $!');
    expect(performance.now() - began).toBeLessThan(10_000);
    process.kill(Number(stdout));
  });

  test('a program that is not there is a sentence, not a crash', async () => {
    await expect(run('/nowhere/initdb', [], { deadlineMs: 1000 })).rejects.toMatchObject({ code: 'engine-unavailable' });
  });

  test('nothing of our environment reaches the command', async () => {
    vi.stubEnv('GUESTBOARD_SECRET', 'open sesame');
    expect((await shell('env', { env: { ADDED: '1' } })).stdout).not.toContain('sesame');
    vi.unstubAllEnvs();
  });
});

describe('process identity', () => {
  test('knows a living process, its program and arguments, and sees its death although nobody has reaped it', async () => {
    // The parent never waits: its child stays a zombie, for which kill(pid, 0) would still succeed.
    const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
    const identity = identifyProcess(pid);
    if (identity === null) throw new Error('the child is not there');
    await vi.waitFor(() => expect(readExecutable(pid)).toMatch(/sleep$/), 10_000);
    // Until it is a sleep itself, it is a shell, which may yet reap.
    await vi.waitFor(() => expect(readExecutable(parent.pid ?? 0)).toMatch(/sleep$/), 10_000);
    expect(readCommandLine(pid)).toEqual(['sleep', '60']);
    expect(isSameProcess(identity)).toBe(true);
    expect(isSameProcess({ ...identity, startTicks: identity.startTicks - 1 })).toBe(false);
    expect(signalProcess({ ...identity, startTicks: identity.startTicks - 1 }, 'SIGKILL')).toBe(false);
    expect(signalProcess(identity, 'SIGKILL')).toBe(true);
    expect(await waitForEnd(identity, 2000)).toBe(true);
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill('SIGKILL');
  });
});

describe('a process of its own', () => {
  test('has its own session and its output in a file; its tree is listed, measured and killed', async () => {
    const outputFile = path.join(folder, 'output');
    const script = 'echo started; (while :; do :; done) & sleep 60 & wait';
    const identity = await spawnDetached({ command: '/bin/sh', args: ['-c', script], outputFile });
    await vi.waitFor(() => expect(readFileSync(outputFile, 'utf8')).toBe('started\n'), 10_000);
    await vi.waitFor(() => expect(listTree(identity)).toHaveLength(3), 10_000);
    const session = readFileSync(`/proc/${identity.pid}/stat`, 'utf8').split(' ')[5];
    expect(Number(session)).toBe(identity.pid);

    const measure = createTreeMeter();
    expect(measure(identity)).toMatchObject({ cpu: 0, processes: 3 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    const { cpu, memoryBytes } = measure(identity);
    expect(cpu).toBeGreaterThan(0.02);
    expect(cpu).toBeLessThan(1.3);
    expect(memoryBytes).toBeGreaterThan(50_000);

    expect(await killTree(identity, 'SIGTERM', 1000)).toBe(true);
    expect(listTree(identity)).toEqual([]);
    expect(measure(identity)).toEqual({ cpu: 0, memoryBytes: 0, processes: 0 });
  });

  test('a tree at rest is read seldom, and nothing of what it used is lost; whoever begins to work in it is seen in time', async () => {
    // A child that counts when it is given a line. The clock of the beats is our own and goes faster.
    const worker = 'echo ready; while read line; do i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; echo done; done';
    const child = spawn('/bin/sh', ['-c', `mkfifo "$0"; (${worker}) < "$0" & exec cat > "$0"`, path.join(folder, 'fifo')]);
    const identity = identifyProcess(child.pid ?? 0);
    if (identity === null) throw new Error('The tree did not begin.');
    // What the shell starts before, it has ended by then: children that come and go keep a tree from resting.
    await new Promise<void>((resolve) => {
      child.stdout.once('data', () => resolve());
    });
    await vi.waitFor(() => expect(listTree(identity)).toHaveLength(2), 10_000);
    const clock = vi.spyOn(performance, 'now');
    let nowMs = 1000;
    clock.mockImplementation(() => nowMs);
    const measure = createTreeMeter();
    const beat = (isStirred = false) => {
      nowMs += 1000;
      return measure(identity, isStirred).cpu;
    };
    const work = () =>
      new Promise<void>((resolve) => {
        child.stdout.once('data', () => resolve());
        child.stdin.write('go\n');
      });
    try {
      const idle = Array.from({ length: 15 }, () => beat());
      expect(Math.max(...idle)).toBeLessThan(0.02);
      // At rest: with the fifth beat, whole.
      await work();
      expect(Array.from({ length: 5 }, () => beat()).findIndex((cpu) => cpu > 0.03)).toBe(4);
      // Busy since: at once.
      await work();
      expect(beat()).toBeGreaterThan(0.03);
      // At rest again, but told that it may work: at once.
      for (let beats = 0; beats < 15; beats += 1) beat();
      await work();
      expect(beat(true)).toBeGreaterThan(0.03);
    } finally {
      clock.mockRestore();
      child.kill('SIGKILL');
    }
  });

  test('what gives way is a batch job, and ordinary is what it starts to last', async () => {
    const says = path.join(folder, 'policies');
    const inside = `import { spawnDetached } from '${import.meta.dirname}/spawn-detached.ts';
      const { pid } = await spawnDetached({ command: '/bin/sleep', args: ['60'], outputFile: '/dev/null' });
      console.log(process.pid, pid);`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', `${inside} setTimeout(() => {}, 60_000)`];
    const job = await spawnDetached({ command: process.execPath, args, outputFile: says, givesWay: true });
    const [own, started] = await vi.waitFor(() => {
      const pids = readFileSync(says, 'utf8').trim().split(' ').map(Number);
      expect(pids).toHaveLength(2);
      return pids;
    }, 10_000);
    expect(own).toBe(job.pid);
    const policyOf = (pid: number | undefined) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[40];
    expect([policyOf(own), policyOf(started), policyOf(process.pid)]).toEqual(['3', '0', '0']);
    await killTree(job, 'SIGKILL', 0);
    process.kill(started ?? Number.NaN);
  });

  test('a program that is not there is a sentence', async () => {
    await expect(spawnDetached({ command: '/nowhere/postgres', args: [], outputFile: path.join(folder, 'none') })).rejects.toMatchObject({
      code: 'engine-unavailable',
    });
  });
});
