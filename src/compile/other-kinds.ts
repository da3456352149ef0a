import type { OwnKind } from '../api/kinds.ts';
import type { CompileState } from './compile-state.ts';
import { remembered } from './remembered.ts';
import { serveVersion } from './served-version.ts';

/** Kinds that only have their shape checked yet; the validator has marked what of them is not enforced. */
const kinds = [
  'RouteTable',
  'RouteOption',
  'VirtualHostOption',
  'UpstreamGroup',
] as const satisfies readonly OwnKind[];

/** Gives kinds without a meaning of their own yet the verdict of their shape. */
export function otherKindsPass(state: CompileState): void {
  for (const entry of kinds.flatMap((kind) => state.resources.list(kind))) {
    remembered(state, entry, (context) => void serveVersion(context, entry, () => undefined));
  }
}
