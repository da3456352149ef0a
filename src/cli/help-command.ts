import { AppError } from '../base/errors.ts';
import type { Command } from './command.ts';
import { commands, findCommand } from './commands.ts';

/** `seekgate help`. */
export const helpCommand: Command = {
  summary: 'explain a command',
  usage: 'seekgate help [command]\n\nLists the commands, or explains one.\n',
  run: async ([name], io) => {
    if (name === undefined) {
      io.stdout(await overview());
      return 0;
    }
    const command = await findCommand(name);
    if (command === undefined) throw unknownCommand(name);
    io.stdout(command.usage);
    return 0;
  },
};

/** The error for a name that is no command. */
export function unknownCommand(name: string): AppError {
  const accepted = Object.keys(commands).join(', ');
  return new AppError('ERR_USAGE', `found ${name}, accepted ${accepted}`);
}

async function overview(): Promise<string> {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(async ([name, load]) => {
    const { summary } = await load();
    return `  ${name.padEnd(width)}  ${summary}\n`;
  });
  const list = (await Promise.all(lines)).join('');
  return `seekgate: a JWT gateway for DeepSeek\n\nseekgate <command> …\n\n${list}\nseekgate help <command> tells more.\n`;
}
