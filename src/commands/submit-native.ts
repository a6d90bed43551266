import { UserError } from '../error.ts';
import type { Hosting } from './submit-run.ts';

const MOST = 100;

/** Whether a service that keeps stacks itself does not have these, the bottom first, as one: two at least, at most a hundred. */
async function isStackDue(hosting: Hosting, pulls: readonly string[]): Promise<boolean> {
  if (!hosting.setStack || pulls.length < 2 || pulls.length > MOST) return false;
  const known = await hosting.getStack?.({ pull: pulls[0] as string });
  const open = known?.pulls.filter((id) => pulls.includes(id)) ?? [];
  return open.length !== pulls.length || open.some((id, at) => id !== pulls[at]);
}

/** Tells it, where it has to be told. Answers whether it was. */
export async function keepStack(hosting: Hosting, pulls: readonly string[]): Promise<boolean> {
  try {
    if (!(await isStackDue(hosting, pulls))) return false;
    await hosting.setStack?.({ pulls: [...pulls] });
    return true;
  } catch (error) {
    // The service knows stacks, this repository has none.
    if (error instanceof UserError && error.code === 'unsupported') return false;
    throw error;
  }
}

/** For a plan: what is wrong with stacks is said when one is to be written, and keeps nobody from pushing. */
export async function wouldKeepStack(hosting: Hosting, pulls: readonly string[]): Promise<boolean> {
  try {
    return await isStackDue(hosting, pulls);
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
