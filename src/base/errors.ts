/** Codes of every {@link AppError}: infrastructure faults, never a user's manifest and never a refused request. */
export type AppErrorCode =
  | 'ERR_USAGE'
  | 'ERR_SETTING'
  | 'ERR_LISTEN'
  | 'ERR_SOURCE'
  | 'ERR_SCHEMA'
  | 'ERR_KEY'
  | 'ERR_JWKS_FETCH'
  | 'ERR_REGEX'
  | 'ERR_BODY'
  | 'ERR_INTERNAL';

/** An infrastructure fault: it is thrown, it has a stable `code`, and `cause` keeps the original. */
export class AppError extends Error {
  readonly code: AppErrorCode;

  constructor(code: AppErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
  }
}

/** The message of anything thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
