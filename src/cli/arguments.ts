import { parseArgs, type ParseArgsConfig } from 'node:util';

import { durationMs } from '../base/duration.ts';
import { AppError, messageOf } from '../base/errors.ts';

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>;

/** `parseArgs` whose complaints are usage errors (exit code 2). */
export function parseArguments<T extends ParseArgsConfig>(config: T): Parsed<T> {
  try {
    return parseArgs(config);
  } catch (thrown) {
    throw new AppError('ERR_USAGE', messageOf(thrown), thrown);
  }
}

/** Value of a flag that is a TCP port; 0 lets the system choose one. */
export function portArgument(flag: string, text: string): number {
  return integerArgument(flag, text, { minimum: 0, maximum: 65_535 });
}

/** Value of a flag that is a whole number within bounds. */
export function integerArgument(
  flag: string,
  text: string,
  bounds: { readonly minimum: number; readonly maximum: number },
): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.minimum && value <= bounds.maximum) return value;
  const accepted = `a whole number from ${bounds.minimum} to ${bounds.maximum}`;
  throw new AppError('ERR_USAGE', `${flag}: found ${text}, accepted ${accepted}`);
}

/** Milliseconds of a flag that is a duration such as `90s` or `1h30m`. */
export function durationArgument(flag: string, text: string): number {
  const value = durationMs(text);
  if (value !== undefined) return value;
  throw new AppError('ERR_USAGE', `${flag}: found ${text}, accepted a duration such as 90s or 1h`);
}

/** Value of a flag that is one of a few words. */
export function oneOf<T extends string>(flag: string, found: string, accepted: readonly T[]): T {
  const known = accepted.find((one) => one === found);
  if (known !== undefined) return known;
  const message = `${flag}: found ${found}, accepted ${accepted.join(', ')}`;
  throw new AppError('ERR_USAGE', message);
}
