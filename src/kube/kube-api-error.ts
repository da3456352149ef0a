import { AppError } from '../base/errors.ts';

/** A request to the Kubernetes API that did not succeed. */
export class KubeApiError extends AppError {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** What a 429 or 503 asked for by `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    message: string,
    details: { readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super('ERR_KUBE_API', message, details.cause);
    this.name = 'KubeApiError';
    this.status = status;
    this.retryAfterMs = details.retryAfterMs;
  }
}
