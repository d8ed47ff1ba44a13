import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import path from 'node:path';
import { limitLog } from './log-limit.mjs';
import { inProject, project } from './places.mjs';
import { offline } from './prisma-client.mjs';
import { Refusal } from './say.mjs';

/**
 * Starts the server in a session of its own, so that Ctrl-C reaches only the launcher, which stops things in order. It ends
 * by itself when the launcher is gone. Returns { ended, stop, isReady, logged, logFile }; `ended` resolves to its exit code, `logged`
 * answers what it wrote to its log, which a talkative one has not.
 */
export function startServer(plan, layout, settings, env) {
  const logFile = path.join(layout.logs, 'server.log');
  mkdirSync(layout.logs, { recursive: true, mode: 0o700 });
  limitLog(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const logStart = fstatSync(log).size;
  const child = spawn(process.execPath, [inProject('launcher/server-child.mjs'), ...plan.program], {
    cwd: project,
    detached: true,
    stdio: plan.isTalkative ? ['ignore', 'inherit', 'inherit', 'ipc'] : ['ignore', log, log, 'ipc'],
    env: { ...offline, ...env },
  });
  closeSync(log);
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)).on('error', resolve));
  const logged = () => readFileSync(logFile).subarray(logStart).toString('utf8');
  return {
    pid: child.pid,
    ended,
    logFile: plan.isTalkative ? undefined : logFile,
    logged,
    isReady: () => answersReady(settings),
    stop: () => stop(child, ended),
  };
}

/** Waits until pages can be had. Throws the server's last words when it ends instead. */
export async function waitUntilReady(server, deadlineMs = 180_000) {
  let code;
  server.ended.then((found) => {
    code = found ?? 0;
  });
  const end = performance.now() + deadlineMs;
  while (!(await server.isReady())) {
    if (code !== undefined || performance.now() > end) throw new Refusal(whyNot(server, code));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function toUrl(settings, host = settings.host) {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `${settings.isTls ? 'https' : 'http'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${settings.port}`;
}

function answersReady(settings) {
  return new Promise((resolve) => {
    const send = settings.isTls ? secureRequest : plainRequest;
    const asked = send(`${toUrl(settings)}/readyz`, { timeout: 2000, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('error', () => resolve(false)).on('timeout', () => asked.destroy());
    asked.end();
  });
}

async function stop(child, ended) {
  child.kill('SIGTERM');
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(tooLong);
}

function whyNot(server, code) {
  const lines = server.logged().slice(-6000).trimEnd().split('\n');
  const last = lines.at(-1);
  // What it refuses to start for is its last word, a sentence; everything before that is what it logs, or a program's own noise.
  if (code !== undefined && /^[A-Z].*\.$/.test(last)) return last;
  const what = code === undefined ? 'is not ready after three minutes' : `ended with ${code}`;
  return `The server ${what}; ${whereItSpoke(server)}.\n${lines.slice(-12).join('\n')}`;
}

export function whereItSpoke({ logFile }) {
  return logFile === undefined ? 'what it said is above' : `its log is ${logFile}`;
}
