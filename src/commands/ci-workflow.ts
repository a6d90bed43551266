import { VERSION } from '../version.ts';

export const WORKFLOW_PATH = '.github/workflows/treework.yml';

/** The setting that makes the workflow the authority. */
export const REQUIRED_CHECK = 'Settings > Rules > Rulesets > New branch ruleset > Require status checks to pass: add "treework"';

/** The workflow that judges what reaches the trunk: pull requests, merge queues, and direct pushes. */
export function workflowText(trunk: string): string {
  return `# Written by treework init --ci github. Make the check "treework" required:
# ${REQUIRED_CHECK}
name: treework
on:
  pull_request:
  merge_group:
  push:
    branches: [${JSON.stringify(trunk)}]
permissions:
  contents: read
jobs:
  treework:
    name: treework
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # a shallow history cannot be judged
          persist-credentials: false
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - name: treework check
        env:
          BASE: \${{ github.event.pull_request.base.sha || github.event.merge_group.base_sha || github.event.before }}
          HEAD: \${{ github.event.pull_request.head.sha || github.event.merge_group.head_sha || github.sha }}
          REF: \${{ github.head_ref || github.event.merge_group.head_ref || github.ref_name }}
        run: npx --yes treework@${VERSION} check --format github --from "$BASE" --to "$HEAD" --ref "$REF"
`;
}
