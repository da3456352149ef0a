import { AppError, messageOf } from '../base/errors.ts';
import type { CommandIo } from './command.ts';
import { commands, findCommand } from './commands.ts';
import { helpCommand, unknownCommand } from './help-command.ts';

/** Runs what a command line asks for, and gives the exit code: 0 done, 1 failed, 2 asked wrongly. */
export async function runCommandLine(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = expanded(args);
  try {
    const command = await findCommand(name);
    if (command === undefined) throw unknownCommand(name);
    // A command with commands of its own explains those itself.
    if (isHelp(rest[0])) return await helpCommand.run([name], io);
    return await command.run(rest, io);
  } catch (thrown) {
    io.stderr(errorText(name, thrown));
    return isUsageError(thrown) ? 2 : 1;
  }
}

/** Without a command, and with the flags that every program has. */
function expanded(args: readonly string[]): readonly [string, ...string[]] {
  const [first, ...rest] = args;
  if (first === undefined || isHelp(first)) return ['help', ...rest];
  return first === '--version' || first === '-v' ? ['version'] : [first, ...rest];
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

function isUsageError(thrown: unknown): boolean {
  return thrown instanceof AppError && ['ERR_USAGE', 'ERR_SETTING'].includes(thrown.code);
}

/** What is expected to go wrong needs no stack. */
function errorText(name: string, thrown: unknown): string {
  if (isUsageError(thrown)) {
    const topic = Object.hasOwn(commands, name) ? `help ${name}` : 'help';
    return `seekgate: ${messageOf(thrown)}\nseekgate ${topic} tells more.\n`;
  }
  const stack = thrown instanceof Error && !(thrown instanceof AppError) ? thrown.stack : undefined;
  return `seekgate: ${stack ?? messageOf(thrown)}\n`;
}
