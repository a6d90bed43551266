/** Entry of a lazily loaded bundle: path patterns as picomatch reads them, `/` the only separator. */
export { default as picomatch } from 'picomatch/posix.js';
