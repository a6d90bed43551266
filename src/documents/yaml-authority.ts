/** Entry of a lazily loaded bundle: what is used of the `yaml` package. */
export { Composer, Parser, isMap, isNode, isPair, isScalar, isSeq } from 'yaml';
