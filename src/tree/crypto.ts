import { createRequire } from 'node:module';

type Crypto = typeof import('node:crypto');

const load = createRequire(import.meta.url);
const loaded: { crypto?: Crypto } = {};

/** `node:crypto`, which takes node several milliseconds to load: most commits and events have nothing to hash. */
export function crypto(): Crypto {
  loaded.crypto ??= load('node:crypto') as Crypto;
  return loaded.crypto;
}
