import { describe, expect, it } from '@jest/globals';

import {
  durationArgument,
  integerArgument,
  parseArguments,
  portArgument,
} from '../../../src/cli/arguments.ts';

describe('arguments', () => {
  it('turns the complaints of parseArgs into usage errors', () => {
    expect(() => parseArguments({ args: ['--nope'], options: {} })).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringContaining('--nope') }),
    );
  });

  it.each(['0', '8080', '65535'])('takes %s as a port', (text) => {
    expect(portArgument('--port', text)).toBe(Number(text));
  });

  it.each(['65536', '-1', '80x', '', '1e3', '8.5'])('refuses %j as a port', (text) => {
    expect(() => portArgument('--port', text)).toThrow(
      `--port: found ${text}, accepted a whole number from 0 to 65535`,
    );
  });

  it('keeps whole numbers within their bounds', () => {
    const bounds = { minimum: 2, maximum: 3 };
    expect(integerArgument('--n', '3', bounds)).toBe(3);
    expect(() => integerArgument('--n', '4', bounds)).toThrow('from 2 to 3');
  });

  it('reads durations', () => {
    expect(durationArgument('--keep', '1h30m')).toBe(5_400_000);
    expect(() => durationArgument('--keep', 'soon')).toThrow('--keep: found soon');
  });
});
