/** One file to write or delete, as data: what generators and verbs decide and `git/apply.ts` does. */
export interface Edit {
  /** From the repository's root, `/` as separator. */
  readonly path: string;
  /** The whole new content; undefined deletes the file. */
  readonly content: string | Buffer | undefined;
  /** What must stand there for the edit to be made: nothing, or exactly this content. Unchecked when absent. */
  readonly expect?: 'absent' | Buffer;
  /** What it is besides a plain file, where it is made anew: a program, or a symbolic link whose target is `content`. */
  readonly kind?: 'executable' | 'symlink';
}
