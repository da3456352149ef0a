import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireTool } from './tools.ts';
import { freePort, start, type Running } from './process.ts';

/** The server behind every proxy: nginx with one worker and a fixed answer. */
export async function startUpstream(
  scratch: string,
  core: number,
): Promise<Running & { readonly port: number }> {
  const port = await freePort();
  const home = join(scratch, 'nginx');
  mkdirSync(home);
  writeFileSync(join(home, 'nginx.conf'), configuration(port, home));
  const running = await start({
    command: requireTool('nginx'),
    parameters: ['-p', home, '-e', join(home, 'error.log'), '-c', join(home, 'nginx.conf')],
    core,
    logFile: join(scratch, 'nginx.log'),
    port,
  });
  return { ...running, port };
}

function configuration(port: number, home: string): string {
  return `daemon off;
master_process off;
pid ${home}/nginx.pid;
error_log ${home}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  client_body_temp_path ${home};
  proxy_temp_path ${home};
  fastcgi_temp_path ${home};
  uwsgi_temp_path ${home};
  scgi_temp_path ${home};
  server {
    listen 127.0.0.1:${port};
    default_type application/json;
    location / { return 200 '{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"ok"}}]}'; }
  }
}
`;
}
