import { createRequire } from 'node:module';

/** What `node:v8` itself builds on (lib/v8.js). */
interface V8Binding {
  setFlagsFromString(flags: string): void;
}

const load = createRequire(import.meta.url);

/**
 * Lets V8 optimise what runs often, or not: what is over in some hundred milliseconds only loses a
 * core to the optimiser.
 */
export function optimise(wanted: boolean): void {
  binding().setFlagsFromString(wanted ? '--opt' : '--no-opt');
}

/**
 * Without loading `node:v8`, which brings all of node's streams: a tenth of its start. Node warns of
 * this binding, unlike of those that other modules here use, and it is asked not to meanwhile.
 */
function binding(): V8Binding {
  const own = process as { noDeprecation?: boolean };
  const said = own.noDeprecation;
  try {
    own.noDeprecation = true;
    const found = (process as unknown as { binding(name: string): Partial<V8Binding> }).binding('v8');
    if (found.setFlagsFromString) return found as V8Binding;
  } catch {
    // Closed: as anybody does it, then.
  } finally {
    if (said === undefined) delete own.noDeprecation;
    else own.noDeprecation = said;
  }
  return load('node:v8') as V8Binding;
}
