/** Faults that are made on purpose, to see what clients do; each is decided by itself. */
export interface FaultPolicy {
  readonly delay?: { readonly percentage: number; readonly delayMs: number };
  readonly abort?: { readonly percentage: number; readonly status: number };
}
