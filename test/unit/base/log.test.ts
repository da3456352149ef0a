import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { createBufferedOutput, createLogger } from '../../../src/base/log.ts';

function linesOf(level: Parameters<typeof createLogger>[0]) {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  return { lines, logger: createLogger(level, { write }) };
}

describe('createLogger', () => {
  it('writes JSON lines with level, time and what was given', () => {
    const { lines, logger } = linesOf('info');
    logger.warn({ port: 80 }, 'listener not opened');
    expect(lines).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        port: 80,
        msg: 'listener not opened',
      },
    ]);
  });

  it.each([
    ['error', 0],
    ['info', 1],
    ['silent', 0],
  ] as const)('at level %s writes %i lines of info', (level, count) => {
    const { lines, logger } = linesOf(level);
    logger.info('x');
    expect(lines).toHaveLength(count);
  });
});

describe('createBufferedOutput', () => {
  it('ends in order, also while a batch is being written', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'seekgate-log-')), 'log');
    const output = createBufferedOutput(systemClock, openSync(path, 'w'));
    const logger = createLogger('info', output.stream);
    // More than one batch holds: the first is on its way when the last line comes.
    for (let line = 0; line < 1_000; line += 1) logger.info({ line }, 'request');
    logger.info({ line: 1_000 }, 'gateway stopped');
    await output.end();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual(
      Array.from({ length: 1_001 }, (_, line) => line),
    );
  });
});
