import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../src/base/log.ts';

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
