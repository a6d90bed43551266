import { UserError } from '../error.ts';
import type { Invocation } from './command.ts';

/** Whether `--baseline` asks to write or to prune. Throws a UserError for anything else, and where not everything is judged. */
export function baselineForm({ values, positionals, program }: Invocation): 'write' | 'prune' | undefined {
  const { baseline } = values;
  if (baseline === undefined) return undefined;
  if (baseline !== 'write' && baseline !== 'prune') throw new UserError(`Unexpected --baseline ${String(baseline)}, expected write or prune`, `${program} check --all --baseline write`, 'usage');
  if (positionals.length === 0 && !values.staged && !values.fix && values.from === undefined && values.to === undefined) return baseline;
  throw new UserError('Unexpected --baseline with a part of the repository or --fix, expected the whole work tree', `${program} check --all --baseline ${baseline}`, 'usage');
}
