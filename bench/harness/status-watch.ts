import type { KubeAnswer, KubeEvent, KubeRequests } from '../../test/support/kube-request.ts';
import { labServicesPath } from '../../test/support/lab-services.ts';

/** What an onlooker sees of the VirtualServices of a cluster. */
export interface StatusWatch {
  /** Changes that left the generation as it was: of the status, since nobody changes labels here. */
  readonly statusWrites: () => number;
  /** Resolves with the moment when that many VirtualServices said Programmed of their generation. */
  readonly untilProgrammed: (count: number) => Promise<number>;
  readonly stop: () => void;
}

interface Seen {
  readonly generation: number;
  readonly programmed: boolean;
}

/** Watches all VirtualServices, over a connection of the bench. */
export function watchStatus(api: KubeRequests): StatusWatch {
  const seen = new Map<string, Seen>();
  let writes = 0;
  let programmed = 0;
  let told = (): void => undefined;
  const take = ({ type, object }: KubeEvent) => {
    if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return;
    const before = seen.get(object.metadata.uid);
    const now = { generation: object.metadata.generation ?? 0, programmed: isProgrammed(object) };
    if (type === 'MODIFIED' && before?.generation === now.generation) writes += 1;
    programmed +=
      Number(type !== 'DELETED' && now.programmed) - Number(before?.programmed ?? false);
    if (type === 'DELETED') seen.delete(object.metadata.uid);
    else seen.set(object.metadata.uid, now);
    told();
  };
  const { stop } = api.watch(`${labServicesPath}?watch=1`, take);
  return {
    statusWrites: () => writes,
    untilProgrammed: (count) =>
      new Promise((resolve) => {
        told = () => {
          if (programmed >= count) resolve(performance.now());
        };
        told();
      }),
    stop,
  };
}

function isProgrammed({ metadata, status }: KubeAnswer): boolean {
  const condition = status?.conditions?.find(({ type }) => type === 'Programmed');
  return condition?.status === 'True' && condition.observedGeneration === metadata.generation;
}
