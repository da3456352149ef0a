/** What a command may touch of the process: everything else is passed to it or built by it. */
export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Aborts when the process is asked to end (SIGINT, SIGTERM). */
  readonly signal: AbortSignal;
}

/** One word of the command line: `seekgate <name> …`. */
export interface Command {
  /** One line for `seekgate help`. */
  readonly summary: string;
  /** Text of `seekgate help <name>` and of `seekgate <name> --help`. */
  readonly usage: string;
  /** Returns the exit code; a usage error is thrown as `AppError('ERR_USAGE', …)` and gives 2. */
  readonly run: (args: readonly string[], io: CommandIo) => Promise<number>;
}
