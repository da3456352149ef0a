import type { OwnKind } from '../api/kinds.ts';
import type { ServedSubresources } from './served-subresources.ts';
import type { StatusChange, StatusParts } from './status-document.ts';
import { membersOf, ownConditionType, ownEntry, storedConditions } from './stored-status.ts';

/** How the status of a kind is written in this cluster. */
export interface StatusShape {
  /** Whether it is a subresource; else it is written on the resource itself. */
  readonly subresource: boolean;
  readonly parts: StatusParts;
}

/** What is known of the kinds' statuses: from discovery, and from the answers to writes. */
export interface StatusShapes {
  readonly of: (kind: OwnKind) => Promise<StatusShape>;
  /** Whether an answer has shown already what the CRD keeps. */
  readonly isKnown: (kind: OwnKind) => boolean;
  /** Takes what came of a write: parts that are missing in the answer are pruned by the CRD. */
  readonly learn: (kind: OwnKind, sent: StatusChange, answered: unknown) => void;
  /** The CRD seems to have been changed. */
  readonly forget: (kind: OwnKind) => void;
}

/** Creates an empty knowledge: every part is taken for kept until an answer shows otherwise. */
export function createStatusShapes(served: ServedSubresources, namespace: string): StatusShapes {
  const kept = new Map<OwnKind, Partial<StatusParts>>();
  return {
    of: async (kind) => {
      const subresource = await served.hasStatus(kind);
      const all = { observedGeneration: subresource, conditions: true, statuses: true };
      return { subresource, parts: { ...all, ...kept.get(kind) } };
    },
    isKnown: (kind) => kept.get(kind)?.conditions !== undefined,
    learn: (kind, sent, answered) => {
      kept.set(kind, { ...kept.get(kind), ...partsKept(sent, answered, namespace) });
    },
    forget: (kind) => {
      kept.delete(kind);
      served.forget(kind);
    },
  };
}

function partsKept(sent: StatusChange, answered: unknown, namespace: string): Partial<StatusParts> {
  const hasConditions = storedConditions(answered).some(
    (condition) => ownConditionType(condition) !== undefined,
  );
  const { observedGeneration } = membersOf(answered);
  return {
    ...(sent.observedGeneration !== undefined && observedGeneration === undefined
      ? { observedGeneration: false }
      : {}),
    ...(hasConditions || sent.conditions !== undefined ? { conditions: hasConditions } : {}),
    ...(sent.statuses === undefined
      ? {}
      : { statuses: ownEntry(answered, namespace) !== undefined }),
  };
}
