import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { pythonVenvBin } from '../../hack/python-venv.ts';
import {
  clientQuestion,
  expectReport,
  scriptForReport,
  type ClientReport,
} from '../support/client-report.ts';
import { startModelGateway, type ModelGateway } from '../support/model-gateway.ts';

const run = promisify(execFile);
const scripts = join(import.meta.dirname, '../support/python');

describe('clients in Python, with a JWT as their API key', () => {
  let rig: ModelGateway;
  beforeAll(async () => {
    rig = await startModelGateway();
    scriptForReport(rig.deepseek);
  }, 60_000);
  afterAll(() => rig.stop());

  it.each(['openai_client.py', 'langchain_client.py'])(
    '%s chats and streams, calls tools, gets JSON, and is refused',
    async (script) => {
      const [token, guest] = [await rig.sign({ role: 'developer' }), await rig.sign({ role: 'x' })];
      const args = [join(scripts, script), rig.url, token, guest, clientQuestion];
      const { stdout } = await run(join(pythonVenvBin(), 'python'), args, { timeout: 60_000 });
      expectReport(JSON.parse(stdout) as ClientReport);
      const keys = rig.deepseek.requests().map(({ headers }) => headers.authorization);
      expect(new Set(keys)).toEqual(new Set([`Bearer ${rig.deepseekKey}`]));
    },
    90_000,
  );
});
