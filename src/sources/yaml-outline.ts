import { EVENT_ID, getScalarValue, YAMLException, type Event } from 'js-yaml';

/** Where a node of a YAML document stands, and how many nodes it is once every alias is written out. */
export interface Outline {
  /** Offset into the text: of the key for the member of a mapping, else of the value. */
  readonly offset: number;
  readonly members: ReadonlyMap<string, Outline>;
  readonly items: readonly Outline[];
}

interface Building {
  offset: number;
  nodes: number;
  readonly members: Map<string, Outline>;
  readonly items: Outline[];
  readonly anchor: string | undefined;
  readonly isMapping: boolean;
  /** The key that waits for its value. */
  key: { readonly text: string; readonly offset: number } | undefined;
}

/** Nodes of one document with its aliases written out; a few nested aliases would otherwise stand for billions. */
const maxNodes = 1_000_000;

/** One outline for each document of an event stream; throws a `YAMLException` on a self-reference or an alias bomb. */
export function outlineOf(events: readonly Event[], source: string): readonly Outline[] {
  const documents: Outline[] = [];
  const open: Building[] = [];
  let anchors = new Map<string, number>();
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      anchors = new Map();
      open.push(begin(-1, undefined, false));
    } else if (event.type === EVENT_ID.POP) {
      const done = open.pop();
      const parent = open.at(-1);
      if (done && parent) settle(parent, done, anchors, source);
      else if (done) documents.push(done.items[0] ?? done);
    } else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) {
      const isMapping = event.type === EVENT_ID.MAPPING;
      open.push(begin(event.start, anchorOf(event, source), isMapping));
    } else {
      const parent = open.at(-1);
      if (parent) leaf(parent, event, anchors, source);
    }
  }
  return documents;
}

type LeafEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR | typeof EVENT_ID.ALIAS }>;

function leaf(
  parent: Building,
  event: LeafEvent,
  anchors: Map<string, number>,
  source: string,
): void {
  if (event.type === EVENT_ID.ALIAS) {
    const name = source.slice(event.anchorStart, event.anchorEnd);
    const alias = begin(event.anchorStart, undefined, false);
    const nodes = anchors.get(name);
    if (nodes === undefined) {
      YAMLException.throwAt(source, event.anchorStart, 'alias of an anchor that is not complete');
    }
    alias.nodes = nodes;
    settle(parent, alias, anchors, source);
    return;
  }
  if (parent.isMapping && parent.key === undefined) {
    parent.key = { text: getScalarValue(source, event), offset: event.valueStart };
    return;
  }
  settle(parent, begin(event.valueStart, anchorOf(event, source), false), anchors, source);
}

/** Hands a complete node to the one around it. */
function settle(
  parent: Building,
  done: Building,
  anchors: Map<string, number>,
  source: string,
): void {
  if (done.anchor !== undefined) anchors.set(done.anchor, done.nodes);
  parent.nodes += done.nodes;
  if (parent.nodes > maxNodes) {
    const at = Math.max(done.offset, 0);
    YAMLException.throwAt(source, at, `more than ${maxNodes} nodes once aliases are written out`);
  }
  if (!parent.isMapping) {
    parent.items.push(done);
  } else if (parent.key === undefined) {
    parent.key = { text: '', offset: done.offset };
  } else {
    done.offset = parent.key.offset;
    parent.members.set(parent.key.text, done);
    parent.key = undefined;
  }
}

function begin(offset: number, anchor: string | undefined, isMapping: boolean): Building {
  return {
    offset,
    nodes: 1,
    members: new Map(),
    items: [],
    anchor,
    isMapping,
    key: undefined,
  };
}

function anchorOf(
  event: { readonly anchorStart: number; readonly anchorEnd: number },
  source: string,
): string | undefined {
  return event.anchorStart < 0 ? undefined : source.slice(event.anchorStart, event.anchorEnd);
}

/** The deepest node on the way to a path such as `spec.virtualHost.routes[2].matchers[0]`; keys may hold dots. */
export function locate(root: Outline, path: string): Outline {
  let here = root;
  let rest = path;
  for (;;) {
    const index = /^\.?\[(\d+)\]/.exec(rest);
    const step = index
      ? { next: here.items[Number(index[1])], length: index[0].length }
      : memberStep(here, rest);
    if (!step?.next) return here;
    here = step.next;
    rest = rest.slice(step.length);
  }
}

/** The longest key that the path starts with, plain or as `["key"]`. */
function memberStep(
  here: Outline,
  path: string,
): { readonly next: Outline | undefined; readonly length: number } | undefined {
  const dot = path.startsWith('.') ? 1 : 0;
  let best: { next: Outline; length: number } | undefined;
  for (const [key, next] of here.members) {
    for (const form of [key, `[${JSON.stringify(key)}]`]) {
      const length = dot + form.length;
      const fits = path.startsWith(form, dot) && /^[.[]?$/.test(path.charAt(length));
      if (fits && length > (best?.length ?? 0)) best = { next, length };
    }
  }
  return best;
}
