import { lineOfToken, tokensIn } from '../documents/tokens.ts';
import type { Rule } from '../workflow/rule.ts';

export const rule: Rule = {
  id: 'token-budget',
  group: 'document',
  severity: 'error',

  *document({ path, place, bytes }, { settings }) {
    if (settings.kinds.length === 0) return;
    const budget = settings.kinds.find(({ name }) => name === place.kind)?.tokens;
    if (budget === undefined || tokensIn(bytes) <= budget) return;
    yield {
      path,
      line: lineOfToken(bytes, budget),
      message: `Unexpected size of about ${tokensIn(bytes)} tokens (${bytes.length} bytes, four a token), expected at most ${budget} for a document of kind ${place.kind}; the budget ends here`,
      remedy: 'shorten it, or move what few readers need into a document of its own',
    };
  },
};
