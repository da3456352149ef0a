/** What the bench of the controller measures; Gloo was not asked for everything. */
export interface ControllerFigures {
  readonly p50Ms: number;
  readonly p99Ms?: number;
  readonly worstMs?: number;
  readonly statusWrites: number;
  readonly cpuMs: number;
  readonly statusesS: number;
  readonly statusesFromFirstS?: number;
  readonly rssMb: number;
  readonly rssAfterChangesMb?: number;
  readonly servingS: number;
  readonly readyS?: number;
}

/** By the number of VirtualServices with five routes; worst of all changes 3.0 s. */
export const glooFigures: ReadonlyMap<number, ControllerFigures> = new Map([
  [100, { p50Ms: 1500, statusWrites: 190, cpuMs: 400, statusesS: 1.4, rssMb: 146, servingS: 1.3 }],
  [500, { p50Ms: 1600, statusWrites: 260, cpuMs: 1200, statusesS: 16, rssMb: 204, servingS: 0.9 }],
  [1000, { p50Ms: 1800, statusWrites: 290, cpuMs: 2100, statusesS: 23, rssMb: 265, servingS: 1.3 }],
  [2000, { p50Ms: 2200, statusWrites: 355, cpuMs: 4600, statusesS: 57, rssMb: 404, servingS: 1.9 }],
]);
