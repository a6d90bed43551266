declare const TREEWORK_VERSION: string | undefined;
declare const TREEWORK_BUILD: string | undefined;

/** The package's version; set when the bundle is built. */
export const VERSION: string = typeof TREEWORK_VERSION === 'string' ? TREEWORK_VERSION : '0.0.0-source';

/** Digest of the sources this bundle was built from: verdicts of one engine are not another's. */
export const BUILD: string = typeof TREEWORK_BUILD === 'string' ? TREEWORK_BUILD : 'source';
