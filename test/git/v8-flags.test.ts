import { expect, it, vi } from 'vitest';
import { optimise } from '../../src/git/v8-flags.ts';

it('sets the flags where neither node’s own binding nor its later way to modules is open', () => {
  const open = process as { binding?: unknown; getBuiltinModule?: unknown };
  const { getBuiltinModule } = open;
  const closed = vi.spyOn(open as { binding(): never }, 'binding').mockImplementation(() => {
    throw new Error('closed');
  });
  try {
    delete open.getBuiltinModule;
    optimise(false);
    optimise(true);
    expect(closed).toHaveBeenCalledTimes(2);
  } finally {
    closed.mockRestore();
    open.getBuiltinModule = getBuiltinModule;
  }
});
