import type { OwnKind } from '../api/kinds.ts';
import { refKey } from '../api/resource.ts';
import { shapeFindings, type CompileContext } from './context.ts';

/** Kinds that only have their shape checked yet; the validator has marked what of them is not enforced. */
const kinds = [
  'RouteTable',
  'RouteOption',
  'VirtualHostOption',
  'UpstreamGroup',
] as const satisfies readonly OwnKind[];

/** Gives kinds without a meaning of their own yet the verdict of their shape. */
export function otherKindsPass(context: CompileContext): void {
  for (const entry of kinds.flatMap((kind) => context.resources.list(kind))) {
    context.verdicts.set(refKey(entry.ref), {
      findings: shapeFindings(entry),
      keySets: [],
      servingLastGood: false,
    });
    if (entry.resource) context.accepted.set(refKey(entry.ref), entry.resource);
  }
}
