// Hand-written and generated declarations have no source that tsc would emit them from.
import { cpSync, readdirSync } from 'node:fs';

for (const file of readdirSync('src', { recursive: true })) if (file.endsWith('.d.ts')) cpSync(`src/${file}`, `dist/types/${file}`);
