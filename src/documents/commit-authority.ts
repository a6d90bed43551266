/** Entry of a lazily loaded bundle: Conventional Commits as the parser of commitlint reads them. */
export { CommitParser } from 'conventional-commits-parser';
