import { expect, it } from 'vitest';
import type { Operation, OperationStepView } from '#contract/resources/operation.ts';
import { describeEstimate, describeExpected, describeRange, describeRemaining, describeStep } from './progress-text.ts';

const operation = {
  createdAt: '2026-11-23T08:00:00.000Z',
  endedAt: null,
  steps: [],
  estimate: { lowMs: 60_000, highMs: 120_000, runs: 3 },
} as Partial<Operation> as Operation;
const after = (ms: number, estimate: Operation['estimate'] = operation.estimate) =>
  describeEstimate({ ...operation, estimate }, Date.parse(operation.createdAt) + ms);

it('counts an estimate down and admits when it was wrong', () => {
  expect(after(0)).toBe('about 1–2 min left');
  expect(after(100_000)).toBe('about 1–20 s left');
  expect(after(130_000)).toBe('longer than before');
  expect(after(0, null)).toBe('no estimate yet');
});

it('says what an expected time was learned from, and makes none up', () => {
  expect(describeExpected(null)).toBe('no estimate yet');
  expect(describeExpected({ lowMs: 4800, highMs: 9100, runs: 12 })).toBe('about 5–9 s, from 12 earlier runs');
  expect(describeExpected({ lowMs: 4800, highMs: 9100, runs: 1 })).toBe('about 5–9 s, from 1 earlier run');
  expect(describeExpected({ lowMs: 4800, highMs: 9100, runs: 0 })).toBe('about 5–9 s, by its speed limit');
});

it('names a range once when both ends round to the same', () => {
  expect(describeRange({ lowMs: 3900, highMs: 4100 })).toBe('about 4 s');
  expect(describeRange({ lowMs: 100, highMs: 900 })).toBe('a second or two');
});

it('tells the rest by the pace of now, where sum and pace are known', () => {
  const step = { done: 20e6, total: 100e6, ratePerSecond: 2e6, unit: 'bytes' } as OperationStepView;
  expect(describeRemaining(step)).toBe('about 40 s left');
  expect(describeRemaining({ ...step, total: null })).toBeNull();
  expect(describeRemaining({ ...step, ratePerSecond: 0 })).toBeNull();

  const copying = { ...step, state: 'running' } as OperationStepView;
  const next = { state: 'queued' } as OperationStepView;
  const backup = (...steps: OperationStepView[]) =>
    ({
      createdAt: new Date(0).toISOString(),
      endedAt: null,
      estimate: { lowMs: 300_000, highMs: 600_000, runs: 3 },
      steps,
    }) as Partial<Operation> as Operation;
  expect(describeEstimate(backup(copying, next), 0)).toBe('about 40 s left');
  expect(describeEstimate(backup(copying, next, next), 0)).toBe('about 5–10 min left');
  expect(describeEstimate(backup({ ...copying, state: 'succeeded' }), 0), 'after its last step').toBe('nearly done');
});

it('counts one thing in the singular, and leaves out how many were looked at once it says what was found', () => {
  const step = {
    done: 2,
    total: 2,
    ratePerSecond: null,
    unit: 'segments',
    state: 'succeeded',
    detail: null,
  } as unknown as OperationStepView;
  expect(describeStep(step)).toBe('2 segments');
  expect(describeStep({ ...step, done: 1, total: 1 })).toBe('1 segment');
  expect(describeStep({ ...step, done: 1, unit: 'items', state: 'running', detail: 'shop' })).toBe('1 of 2 · shop');
  expect(describeStep({ ...step, unit: 'items', detail: '1 table' })).toBe('1 table');
  expect(describeStep({ ...step, done: 0, total: null, unit: 'segments' })).toBe('0 segments');
});
