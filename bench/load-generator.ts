import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

import { percentile } from './figure.ts';
import { findAnswer } from './http-answer.ts';
import type { Load, LoadResult } from './load.ts';

/** A process of its own that keeps `connections` requests on their way over kept-alive connections. Its argument is a file with a Load. */
const wanted = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Load;
const { hostname, port, host } = new URL(wanted.url);
const headers = Object.entries({ host, accept: 'application/json', ...wanted.headers }).map(([name, value]) => `${name}: ${value}\r\n`);
const request = Buffer.from(`GET ${wanted.path} HTTP/1.1\r\n${headers.join('')}\r\n`);
const countFrom = performance.now() + 1000;
const countUntil = countFrom + wanted.seconds * 1000;
const latencies: number[] = [];
let errors = 0;
let bytes = 0;

await Promise.all(Array.from({ length: wanted.connections }, askAgainAndAgain));
const result: LoadResult = {
  answers: latencies.length,
  errors,
  seconds: wanted.seconds,
  medianMs: percentile(latencies, 50),
  p99Ms: percentile(latencies, 99),
  bytes,
};
process.send?.(result, () => process.exit(0));

function askAgainAndAgain(): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    let askedAt = 0;
    const ask = () => {
      askedAt = performance.now();
      if (askedAt >= countUntil) {
        socket.destroy();
        return resolve();
      }
      socket.write(request);
    };
    const socket = connect(Number(port), hostname, ask);
    socket.setNoDelay(true);
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = findAnswer(received);
      if (answer === null) return;
      received = received.subarray(answer.length);
      note(answer.status, answer.length, askedAt);
      ask();
    });
  });
}

function note(status: number, length: number, askedAt: number) {
  const now = performance.now();
  if (now < countFrom || now > countUntil) return;
  bytes = length;
  if (status === 200) latencies.push(now - askedAt);
  else errors += 1;
}
