import type { Command } from './command.ts';
import { programVersion } from './program-version.ts';

/** `seekgate version`. */
export const versionCommand: Command = {
  summary: 'print the version',
  usage: 'seekgate version\n\nPrints the version of the program and of Node.js.\n',
  run: async (_args, io) => {
    io.stdout(`seekgate ${programVersion()} (Node.js ${process.versions.node})\n`);
    return 0;
  },
};
