// npm links a bin of the checkout itself as it is; the compiler writes it without the execute bit.
import { chmodSync } from 'node:fs';

for (const file of process.argv.slice(2)) chmodSync(file, 0o755);
