import type { Command } from './command.ts';

/** Every command by its name; each is loaded when it is asked for, since `token` has no use for a data plane. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run-command.ts')).runCommand,
  check: async () => (await import('./check-command.ts')).checkCommand,
  demo: async () => (await import('./demo-command.ts')).demoCommand,
  explain: async () => (await import('./explain-command.ts')).explainCommand,
  translate: async () => (await import('./translate-command.ts')).translateCommand,
  token: async () => (await import('./token-command.ts')).tokenCommand,
  'mock-deepseek': async () => (await import('./mock-deepseek-command.ts')).mockDeepseekCommand,
  help: async () => (await import('./help-command.ts')).helpCommand,
  version: async () => (await import('./version-command.ts')).versionCommand,
};

/** The command of a name; undefined when there is none. */
export function findCommand(name: string): Promise<Command> | undefined {
  return Object.hasOwn(commands, name) ? commands[name]?.() : undefined;
}
