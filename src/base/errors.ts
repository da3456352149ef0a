/** What each code of an {@link AppError} means, for docs/reference/errors.md. */
export const appErrorTexts = {
  ERR_USAGE: 'A command was called with something that it does not take.',
  ERR_SETTING: 'An environment variable has a value that its setting does not take.',
  ERR_LISTEN: 'A port cannot be opened.',
  ERR_SOURCE: 'A folder or a file of manifests, keys or prices cannot be read or watched.',
  ERR_KEY: 'A file holds no key of the kind that the command needs.',
  ERR_JWKS_FETCH:
    'Keys cannot be fetched; the condition `KeysReady` says so, and it is tried again.',
  ERR_KUBE_API: 'The Kubernetes API cannot be reached, or refuses a request; it is tried again.',
  ERR_KUBE_CONFIG: 'The kubeconfig or the service account that was named cannot be used.',
  ERR_SCHEMA:
    'A schema of a manifest has no form that the API server knows: a fault of the program.',
} as const;

/** Codes of every {@link AppError}: infrastructure faults, never a user's manifest and never a refused request. */
export type AppErrorCode = keyof typeof appErrorTexts;

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
