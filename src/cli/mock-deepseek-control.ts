import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { messageOf } from '../base/errors.ts';
import type { MockJournal } from './mock-deepseek-journal.ts';
import { parseMockScript } from './mock-deepseek-rule.ts';
import type { MockScript } from './mock-deepseek-script.ts';
import { changeState, parseKeys, type MockState } from './mock-deepseek-state.ts';

/** What can be looked at and changed from outside. */
export interface MockControl {
  readonly journal: MockJournal;
  readonly script: MockScript;
  readonly settings: { keys: readonly string[]; state: MockState };
}

interface Resource {
  readonly show: () => unknown;
  readonly change?: (text: string) => void;
  readonly clear?: () => void;
}

function resources({ journal, script, settings }: MockControl): Readonly<Record<string, Resource>> {
  return {
    '/__requests': { show: journal.list, clear: journal.clear },
    '/__script': {
      show: script.rules,
      change: (document) => script.replace(parseMockScript(document)),
    },
    '/__keys': {
      show: () => settings.keys,
      change: (document) => {
        settings.keys = parseKeys(document);
      },
    },
    '/__state': {
      show: () => settings.state,
      change: (document) => {
        settings.state = changeState(settings.state, document);
      },
    },
  };
}

/** Answers below `/__`: for this machine only, since keys stand in what is shown. */
export async function answerMockControl(
  { message, response }: { readonly message: IncomingMessage; readonly response: ServerResponse },
  control: MockControl,
): Promise<void> {
  const path = (message.url ?? '').split('?')[0] ?? '';
  if (!isLoopback(message.socket.remoteAddress ?? '')) {
    response.writeHead(403).end();
    return;
  }
  const all = resources(control);
  const resource = Object.hasOwn(all, path) ? all[path] : undefined;
  if (resource === undefined) {
    response.writeHead(404).end();
    return;
  }
  if (message.method === 'DELETE') resource.clear?.();
  if (message.method === 'POST') {
    try {
      resource.change?.(await text(message));
    } catch (thrown) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(`${messageOf(thrown)}\n`);
      return;
    }
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(resource.show(), null, 2)}\n`);
}

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address);
}
