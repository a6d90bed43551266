/** Entry of a lazily loaded bundle: ajv for JSON Schema 2020-12, the judge of the repository's own kinds. */
export { Ajv2020 } from 'ajv/dist/2020.js';
